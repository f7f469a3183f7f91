#!/usr/bin/env python3
"""Trains the filter's model from training rows (`ml-logs`, or what `perpscout export` and `perpscout study --rows` write).

Walk-forward with purge and embargo, early stopping, calibration, figures with intervals, and a gate whose every condition must
hold. Debian: apt-get install python3-xgboost python3-sklearn. `perpscout train` calls this file."""

import argparse
import json
import os
import shutil
import sys
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
from model_files import plain, running_model, swap_in, write_model
from training_metrics import auc, gate, lift_of, log_loss, measure, top_rows
from training_rows import RowsRefused, load_rows
from walk_forward import EMBARGO_MS, FOLDS, PARAMS, apply_calibration, blocks_before, fit, folds

FEWEST_RESOLVED = 2_000
FEWEST_COMPARED = 200
COUNTED = {"signals": "signals", "unresolved": "without an outcome yet", "same_zone": "of a zone that counts already"}
#: What a model may have learned from the calendar of one span and from the whole market alike instead of from the contract.
BLIND = {
    "market": "btc_ret15_atr_d btc_ret60m_atr_d btc_ema200_dist_atr_d btc_atr_rank500 breadth_ema200_d breadth_ret15_d "
    "corr_btc_96 beta_btc_96 signals_this_minute score_z_minute",
    "calendar": "hour_sin hour_cos dow mins_to_funding listing_age_days warm_bars_15m",
}


def instant(text):
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp() * 1000


def arguments(words):
    parser = argparse.ArgumentParser(prog="train_xgboost.py", description=__doc__)
    parser.add_argument("--in", dest="folders", action="append", required=True, metavar="DIR", help="folder of rows; may be repeated")
    parser.add_argument("--out", required=True, metavar="DIR", help="where the model goes")
    parser.add_argument("--kind", choices=("xgboost", "logistic"), default="xgboost")
    parser.add_argument("--label", choices=("y", "excess"), default="y", help="excess: net R minus placebo; a report, no model")
    parser.add_argument("--schema", metavar="HASH8", help="which schema, where the folders hold several")
    parser.add_argument("--blind", default="", metavar="GROUPS", help=f"leave out: {', '.join(BLIND)} (comma separated)")
    parser.add_argument("--judge-from", type=instant, metavar="ISO", help="rows from here on are for one last judgement only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events", action="store_true", help="one JSON object a line instead of sentences")
    return parser.parse_args(words)


class Teller:
    def __init__(self, events):
        self.events = events

    def tell(self, event, sentence, **fields):
        line = json.dumps({"event": event, **plain(fields)}) if self.events else sentence
        print(line, flush=True)


def blinded(rows, groups):
    names = [name for group in groups for name in BLIND[group].split()]
    chosen = [i for i, name in enumerate(rows.names) if name in names]
    x = rows.x.copy()
    x[:, chosen] = np.nan
    rows.x = x
    return [rows.names[i] for i in chosen]


def walk(rows, target, options, teller):
    """Claims for every test row of every fold, each made by what was known an embargo before the fold began."""
    found = {"at": [], "claim": [], "base": [], "fold": []}
    reports = []
    for number, (blocks, test) in enumerate(folds(rows), 1):
        if blocks is None:
            teller.tell("foldSkipped", f"fold {number}/{FOLDS}: left out, too few rows before it", number=number, of=FOLDS)
            continue
        fitted = fit(rows, target, blocks, options)
        claim = np.asarray(fitted.claim(rows.x[test], rows.names), dtype=np.float64)
        value = rows.r_net[test] if options.label == "y" else target[test]
        base = np.full(len(test), fitted.base_rate)
        report = {
            "number": number,
            "of": FOLDS,
            "train": int(len(blocks[0])),
            "test": int(len(test)),
            "rounds": fitted.rounds,
            "auc": auc((target[test] > 0).astype(float), claim),
            "lift_r": lift_of(value, top_rows(claim, np.zeros(len(test)))),
        }
        if options.label == "y":
            report["log_loss_gain"] = log_loss(target[test], base) - log_loss(target[test], claim)
        reports.append(report)
        for key, values in (("at", test), ("claim", claim), ("base", base), ("fold", np.full(len(test), number))):
            found[key].append(values)
        teller.tell("fold", _fold_line(report), **report)
    if not reports:
        raise RowsRefused("no fold has enough resolved rows before it: the rows cover too short a time")
    return {key: np.concatenate(parts) for key, parts in found.items()}, reports


def _fold_line(r):
    gain = f", log-loss gain {r['log_loss_gain']:+.4f}" if "log_loss_gain" in r else ""
    return (
        f"fold {r['number']}/{r['of']}: {r['train']} rows to fit, {r['test']} to test, {r['rounds']} rounds{gain}, "
        f"AUC {r['auc']:.3f}, best tenth {r['lift_r']:+.3f} R"
    )


def beats_running(out, rows, tested):
    """A new model has to be better than the running one, on rows that neither had seen."""
    found = running_model(out, rows)
    if found is None:
        return ()
    meta, running = found
    later = rows.decided_ms[tested["at"]] > meta["trained"]["to_ms"] + EMBARGO_MS
    at = tested["at"][later]
    if len(at) < FEWEST_COMPARED:
        return ({"id": "newerRows", "value": int(len(at)), "bound": FEWEST_COMPARED, "pass": False},)
    claim = apply_calibration(running.margin(rows.x[at], rows.names), running.calibration)
    gain = log_loss(rows.y[at], claim) - log_loss(rows.y[at], tested["claim"][later])
    return ({"id": "beatsRunning", "value": gain, "bound": 0, "pass": gain > 0},)


def excess_of(rows, tested):
    """The best tenth against its own placebos: the same trade at another time has the same cost and the same distances."""
    at = tested["at"]
    known = np.isfinite(rows.placebo[at])
    if known.sum() < 100:
        return None
    part = rows.take(at[known])
    value = part.r_net - part.placebo
    found = measure(part, part.y, value, tested["claim"][known], tested["fold"][known], None, 1)
    return {key: found[key] for key in ("n", "mean_r", "top_mean_r", "lift_r", "lift_95", "rank_correlation")}


def judge(rows, target, fitted, later, options):
    """One look at rows that no decision was made by."""
    claim = np.asarray(fitted.claim(rows.x[later], rows.names), dtype=np.float64)
    part = rows.take(later)
    base = np.full(len(later), fitted.base_rate) if options.label == "y" else None
    value = part.r_net if options.label == "y" else target[later]
    found = measure(part, target[later], value, claim, np.zeros(len(later)), base, options.seed)
    tested = {"at": later, "claim": claim, "fold": np.zeros(len(later))}
    return {"from_ms": float(part.decided_ms[0]), **found, "excess": excess_of(rows, tested)}


def train(options, teller):
    rows = load_rows([Path(folder) for folder in options.folders], options.schema)
    groups = [group for group in options.blind.split(",") if group]
    unknown = [group for group in groups if group not in BLIND]
    if unknown:
        raise RowsRefused(f'--blind is "{unknown[0]}"; known are {", ".join(BLIND)}')
    if options.label == "excess":
        rows = rows.take(np.flatnonzero(np.isfinite(rows.placebo)))
    blind = blinded(rows, groups)
    target = rows.y if options.label == "y" else rows.r_net - rows.placebo
    judge_ms = np.inf if options.judge_from is None else options.judge_from
    later = np.flatnonzero(rows.decided_ms >= judge_ms)
    seen = rows.take(np.flatnonzero(rows.decided_ms < judge_ms))
    target_seen = target[rows.decided_ms < judge_ms]
    if len(seen) < FEWEST_RESOLVED:
        told = ", ".join(f"{rows.counts[key]} {word}" for key, word in COUNTED.items())
        raise RowsRefused(f"{len(seen)} resolved signals, {FEWEST_RESOLVED} are needed before a model means anything ({told})")
    span = (float(seen.decided_ms.min()), float(seen.exit_ms.max()))
    teller.tell(
        "rows",
        f"{len(rows)} resolved signals of {rows.counts['signals']}, {100 * rows.y.mean():.1f} % reached the target",
        **rows.counts,
        resolved=len(rows),
        judged=len(later),
        targetShare=float(rows.y.mean()),
    )
    tested, reports = walk(seen, target_seen, options, teller)
    part = seen.take(tested["at"])
    value = part.r_net if options.label == "y" else target_seen[tested["at"]]
    base = tested["base"] if options.label == "y" else None
    metrics = measure(part, target_seen[tested["at"]], value, tested["claim"], tested["fold"], base, options.seed)
    blocks = blocks_before(seen, min(judge_ms, span[1] + EMBARGO_MS + 1))
    if blocks is None:
        raise RowsRefused("the rows cover too short a time for a last fit")
    fitted = fit(seen, target_seen, blocks, options)
    report = {
        "label": options.label,
        "kind": options.kind,
        "configurations": 1,
        "blind": blind,
        "rows": rows.counts,
        "timeout_share": float(rows.timeout.mean()),
        "span": {"from_ms": span[0], "to_ms": span[1]},
        "metrics": metrics,
        "excess": excess_of(seen, tested) if options.label == "y" else None,
        "folds": reports,
    }
    if len(later) >= 100:
        report["judged"] = judge(rows, target, fitted, later, options)
    if options.label == "y":
        report["gate"] = gate(metrics, reports, beats_running(options.out, seen, tested))
    return seen, fitted, report


def publish(options, seen, fitted, report):
    """Where the model went: a refused one never takes the place of one that the gate has let through."""
    out = Path(options.out)
    promoted = all(condition["pass"] for condition in report["gate"])
    missed = seen.y == 0
    facts = {
        "miss_r": float(seen.r_gross[missed].mean()) if missed.any() else -1.0,
        "trained": {"from_ms": int(report["span"]["from_ms"]), "to_ms": int(report["span"]["to_ms"]), "rows": len(seen)},
        "params": {**PARAMS, "seed": options.seed} if options.kind == "xgboost" else {"C": 0.01},
        "gate": {"promoted": promoted, "conditions": report["gate"]},
        "report": {key: report[key] for key in ("configurations", "blind", "rows", "timeout_share", "metrics", "excess", "folds")},
    }
    target = out if promoted or running_model(out, seen) is None else out / "refused"
    new = out / f".new-{os.getpid()}"
    shutil.rmtree(new, ignore_errors=True)
    version = write_model(new, fitted, seen, facts, options.seed)
    swap_in(new, target)
    return version, promoted, target


def conclude(options, seen, fitted, report, teller):
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "training-report.json").write_text(json.dumps(plain(report), indent=1), encoding="utf-8")
    m = report["metrics"]
    teller.tell(
        "metrics",
        f"all folds: AUC {m['auc']:.3f}, mean {m['mean_r']:+.3f} R, best tenth {m['lift_r']:+.3f} R more "
        f"[{m['lift_95'][0]:+.3f}, {m['lift_95'][1]:+.3f}]",
        **{key: m[key] for key in ("n", "days", "auc", "mean_r", "top_mean_r", "lift_r", "lift_95")},
        logLossGain=m.get("log_loss_gain"),
        ece=m.get("ece"),
    )
    judged = report.get("judged")
    if judged is not None:
        teller.tell(
            "judged",
            f"later rows: n {judged['n']}, AUC {judged['auc']:.3f}, best tenth {judged['lift_r']:+.3f} R more "
            f"[{judged['lift_95'][0]:+.3f}, {judged['lift_95'][1]:+.3f}]",
            **{key: judged[key] for key in ("n", "auc", "mean_r", "lift_r", "lift_95", "excess")},
            logLossGain=judged.get("log_loss_gain"),
        )
    if options.label != "y":
        teller.tell("reported", f"report in {out}; no model: excess R is no probability", out=str(out))
        return
    for condition in report["gate"]:
        word = "holds" if condition["pass"] else "FAILS"
        value = condition["value"]
        teller.tell("gate", f"gate {condition['id']}: {value:.4g} against {condition['bound']}: {word}", **condition)
    version, promoted, target = publish(options, seen, fitted, report)
    verdict = "the gate lets it through" if promoted else "the gate refuses it; ML_FILTER=shadow may watch it"
    teller.tell("trained", f"model {version} in {target}: {verdict}", version=version, promoted=promoted, out=str(target))


def main(words):
    options = arguments(words)
    teller = Teller(options.events)
    try:
        seen, fitted, report = train(options, teller)
        conclude(options, seen, fitted, report, teller)
    except RowsRefused as refusal:
        print(refusal, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
