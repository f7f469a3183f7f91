"""What a model was worth on rows that it had not seen, and whether that is enough. Accuracy is not among the figures: a trade is
worth what it earns."""

import numpy as np
from sklearn.metrics import roc_auc_score

DAY_MS = 86_400_000
DRAWS = 2_000
FEWEST_ROWS = 2_000
TOP_SHARE = 0.1


def log_loss(y, p):
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def auc(y, score):
    return float(roc_auc_score(y, score)) if 0 < np.sum(y) < len(y) else float("nan")


def reliability(y, p):
    """Ten bins of equal count: what was claimed and what came."""
    parts = np.array_split(np.argsort(p, kind="stable"), 10)
    return [{"n": len(i), "claimed": float(p[i].mean()), "came": float(y[i].mean())} for i in parts if len(i) > 0]


def calibration_error(y, p):
    return float(sum(abs(b["claimed"] - b["came"]) * b["n"] for b in reliability(y, p)) / len(y))


def top_rows(score, fold):
    """The best tenth of each fold: thresholds of one fold say nothing about another."""
    top = np.zeros(len(score), dtype=bool)
    for one in np.unique(fold):
        inside = np.flatnonzero(fold == one)
        best = inside[np.argsort(-score[inside], kind="stable")[: max(1, int(len(inside) * TOP_SHARE))]]
        top[best] = True
    return top


def lift_of(value, top):
    return float(value[top].mean() - value.mean()) if top.any() else float("nan")


def lift_interval(value, top, at_ms, seed):
    """95 % interval when whole days are drawn: the signals of a day share one market."""
    days, place = np.unique((at_ms // DAY_MS).astype(np.int64), return_inverse=True)
    sums = np.array([np.bincount(place, w, len(days)) for w in (value, np.ones(len(value)), value * top, top * 1.0)])
    draws = np.random.default_rng(seed).integers(0, len(days), (DRAWS, len(days)))
    total, n, top_total, top_n = (s[draws].sum(1) for s in sums)
    kept = top_n > 0
    if len(days) < 2 or not kept.any():
        return [float("nan")] * 2
    lift = top_total[kept] / top_n[kept] - total[kept] / n[kept]
    return [float(q) for q in np.quantile(lift, [0.025, 0.975])]


def groups(rows, value, top):
    found = {}
    for name, keys in (("side", rows.side), ("setup", rows.setup), ("volatility", _terciles(rows))):
        for key in np.unique(keys):
            inside = keys == key
            if inside.sum() >= 30:
                found[f"{name}:{key}"] = {"n": int(inside.sum()), "mean": float(value[inside].mean()), "lift": lift_of(value[inside], top[inside])}
    return found


def _terciles(rows):
    if "atr15_bps" not in rows.names:
        return np.full(len(rows), "all")
    atr = rows.x[:, rows.names.index("atr15_bps")]
    low, high = np.nanquantile(atr, [1 / 3, 2 / 3]) if np.isfinite(atr).any() else (0, 0)
    return np.where(~np.isfinite(atr), "unknown", np.where(atr < low, "low", np.where(atr < high, "middle", "high")))


def measure(rows, target, value, claim, fold, base, seed):
    """`target` is what was predicted, `value` what a trade earned in R; `base` the rate known before each fold."""
    top = top_rows(claim, fold)
    found = {
        "n": len(rows),
        "days": int(len(np.unique(rows.decided_ms // DAY_MS))),
        "auc": auc((target > 0).astype(float), claim),
        "mean_r": float(value.mean()),
        "top_mean_r": float(value[top].mean()),
        "lift_r": lift_of(value, top),
        "lift_95": lift_interval(value, top, rows.decided_ms, seed),
        "rank_correlation": _rank_correlation(claim, value),
        "groups": groups(rows, value, top),
    }
    if base is not None:
        brier, brier_base = np.mean((claim - target) ** 2), np.mean((base - target) ** 2)
        found |= {
            "log_loss": log_loss(target, claim),
            "log_loss_base": log_loss(target, base),
            "log_loss_gain": log_loss(target, base) - log_loss(target, claim),
            "brier_skill": float(1 - brier / brier_base),
            "ece": calibration_error(target, claim),
            "reliability": reliability(target, claim),
        }
    return found


def _rank_correlation(a, b):
    def ranks(v):
        order = np.empty(len(v))
        order[np.argsort(v, kind="stable")] = np.arange(len(v))
        return order

    return float(np.corrcoef(ranks(a), ranks(b))[0, 1]) if np.std(a) > 0 and np.std(b) > 0 else 0.0


def gate(metrics, fold_reports, extra=()):
    """Every condition by name; all of them, or the model is not used."""
    lifts = [fold["lift_r"] for fold in fold_reports]
    worst = min(lifts) if lifts else float("nan")
    return [
        {"id": "rows", "value": metrics["n"], "bound": FEWEST_ROWS, "pass": metrics["n"] >= FEWEST_ROWS},
        {"id": "logLoss", "value": metrics["log_loss_gain"], "bound": 0, "pass": metrics["log_loss_gain"] > 0},
        {"id": "auc", "value": metrics["auc"], "bound": 0.52, "pass": metrics["auc"] > 0.52},
        {"id": "lift", "value": metrics["lift_95"][0], "bound": 0, "pass": metrics["lift_95"][0] > 0},
        {"id": "calibration", "value": metrics["ece"], "bound": 0.03, "pass": metrics["ece"] < 0.03},
        {"id": "worstFold", "value": worst, "bound": -0.1, "pass": worst >= -0.1},
        *extra,
    ]
