"""Training rows: reads the folders that the bot or `perpscout export` wrote. One schema, unique ids, one outcome per signal,
no infinite cell, no column that knows the future; whatever is not so is refused with file and line."""

import csv
import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

OUTCOMES = ("tp_first", "sl_first", "timeout")
#: Nothing that is known at the decision goes with its own outcome like this.
CANARY_CORRELATION = 0.98


class RowsRefused(Exception):
    """The rows cannot be trained on as they are; the message names file and line."""


@dataclass
class Rows:
    schema_hash: str
    feature_hash: str
    names: list
    kinds: list
    x: np.ndarray
    y: np.ndarray
    r_net: np.ndarray
    r_gross: np.ndarray
    rr: np.ndarray
    cost_r: np.ndarray
    placebo: np.ndarray
    decided_ms: np.ndarray
    exit_ms: np.ndarray
    side: np.ndarray
    setup: np.ndarray
    timeout: np.ndarray
    counts: dict

    def __len__(self):
        return len(self.y)

    def take(self, chosen):
        arrays = {k: v[chosen] for k, v in self.__dict__.items() if isinstance(v, np.ndarray)}
        return Rows(**{**self.__dict__, **arrays})


def _schema_of(path):
    sidecar = path.with_name(path.name[: -len(".csv")] + ".schema.json")
    if not sidecar.exists():
        raise RowsRefused(f"{path}: {sidecar.name} is missing beside it")
    try:
        schema = json.loads(sidecar.read_text(encoding="utf-8"))
    except ValueError as cause:
        raise RowsRefused(f"{sidecar}: is no whole JSON: {cause}") from cause
    listed = [[c["name"], c["type"], c["unit"], c["version"]] for c in schema["columns"]]
    canonical = json.dumps(listed, separators=(",", ":"), ensure_ascii=False)
    if hashlib.sha256(canonical.encode()).hexdigest() != schema["schema_hash"]:
        raise RowsRefused(f"{sidecar}: schema_hash does not belong to its columns")
    return schema


def _records(path, columns):
    """Line number and cells of every row; the header is the schema's, cell for cell."""
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader, None)
            if header != columns:
                raise RowsRefused(f"{path}:1: the header is not the one of its schema")
            for cells in reader:
                if len(cells) != len(columns):
                    raise RowsRefused(f"{path}:{reader.line_num}: {len(cells)} cells, {len(columns)} are needed")
                yield reader.line_num, cells
        except (csv.Error, UnicodeDecodeError) as cause:
            raise RowsRefused(f"{path}:{reader.line_num}: {cause}") from cause


def _number(text, place):
    if text == "":
        return math.nan
    try:
        value = float(text)
    except ValueError as cause:
        raise RowsRefused(f'{place}: "{text}" is no number') from cause
    if not math.isfinite(value):
        raise RowsRefused(f"{place}: {text} is not finite; what is not known is an empty cell")
    return value


def _numbers(row, names, place):
    """The cells of one row at once; whatever is wrong among them is looked for one by one, to name it."""
    try:
        found = [float(row[name]) if row[name] else math.nan for name in names]
    except ValueError:
        found = [math.inf]
    missing = sum(row[name] == "" for name in names)
    if any(map(math.isinf, found)) or sum(map(math.isnan, found)) != missing:
        return [_number(row[name], f"{place}: {name}") for name in names]
    return found


def _stream(folders, stream, wanted):
    """All rows of a stream as dicts, with their places; one schema for all files."""
    rows, schema = [], None
    for path in sorted(p for folder in folders for p in Path(folder).glob(f"{stream}-v*.csv")):
        found = _schema_of(path)
        if wanted is not None and not found["schema_hash"].startswith(wanted):
            continue
        if schema is not None and found["schema_hash"] != schema["schema_hash"]:
            raise RowsRefused(
                f"{path}: schema {found['schema_hash'][:8]} beside {schema['schema_hash'][:8]}; --schema HASH8 chooses one"
            )
        schema = found
        columns = [c["name"] for c in found["columns"]]
        rows.extend((f"{path}:{line}", dict(zip(columns, cells))) for line, cells in _records(path, columns))
    return rows, schema


def _features(schema, labels):
    chosen = [c for c in schema["columns"] if c["role"] == "feature"]
    for column in chosen:
        if column["name"] in labels:
            raise RowsRefused(f"the schema calls {column['name']} a feature, but it is a label: it knows the future")
    canonical = json.dumps([[c["name"], c["type"], c["unit"], c["version"]] for c in chosen], separators=(",", ":"), ensure_ascii=False)
    feature_hash = hashlib.sha256(canonical.encode()).hexdigest()
    if feature_hash != schema["feature_hash"]:
        raise RowsRefused("feature_hash of the schema does not belong to its feature columns")
    return [c["name"] for c in chosen], ["int" if c["type"] in ("int", "flag") else "float" for c in chosen], feature_hash


def _placebos(folders):
    found = {}
    for path in sorted(p for folder in folders for p in Path(folder).glob("placebo-*.csv")):
        for line, cells in _records(path, ["signal_id", "placebo_r_net", "draws"]):
            found[cells[0]] = _number(cells[1], f"{path}:{line}: placebo_r_net")
    return found


def _outcome_of(place, row, by_id):
    outcome = by_id.get(row["signal_id"])
    if outcome is None:
        return None
    if outcome["outcome"] not in OUTCOMES:
        raise RowsRefused(f'{place}: the outcome is "{outcome["outcome"]}"; known are {", ".join(OUTCOMES)}')
    return outcome


def load_rows(folders, schema_hash=None):
    """Resolved signals in the order of time. Of the signals of one zone the first counts: the others are nearly the same row."""
    for folder in folders:
        if not Path(folder).is_dir():
            raise RowsRefused(f"{folder}: is no folder")
    signals, schema = _stream(folders, "signals", schema_hash)
    outcomes, outcome_schema = _stream(folders, "outcomes", None)
    if schema is None or outcome_schema is None:
        raise RowsRefused(f"{', '.join(map(str, folders))}: no signals-v*.csv and outcomes-v*.csv; run the bot, or perpscout export")
    labels = {c["name"] for c in outcome_schema["columns"] if c["role"] == "label"}
    names, kinds, feature_hash = _features(schema, labels)
    by_id = {}
    for place, row in outcomes:
        if row["signal_id"] in by_id:
            raise RowsRefused(f"{place}: a second outcome of signal {row['signal_id']}")
        by_id[row["signal_id"]] = row
    placebos = _placebos(folders)
    seen, zones, kept, unresolved, repeated = set(), set(), [], 0, 0
    for place, row in sorted(signals, key=lambda one: (int(one[1]["ts_bar_close_ms"]), one[1]["signal_id"])):
        if row["signal_id"] in seen:
            raise RowsRefused(f"{place}: signal {row['signal_id']} stands there a second time")
        seen.add(row["signal_id"])
        if int(row["ts_data_max_ms"]) > int(row["ts_bar_close_ms"]):
            raise RowsRefused(f"{place}: ts_data_max_ms lies after ts_bar_close_ms: a feature has seen the future")
        outcome = _outcome_of(place, row, by_id)
        if outcome is None:
            unresolved += 1
        elif row["opportunity_id"] in zones:
            repeated += 1
        else:
            zones.add(row["opportunity_id"])
            kept.append((place, row, outcome))
    counts = {"signals": len(signals), "unresolved": unresolved, "same_zone": repeated, "rows": len(kept)}
    rows = _arrays(kept, names, placebos)
    rows = Rows(schema_hash=schema["schema_hash"], feature_hash=feature_hash, names=names, kinds=kinds, counts=counts, **rows)
    _refuse_canary(rows)
    return rows


def _arrays(kept, names, placebos):
    def column(name, of=1):
        return np.array([_number(one[of][name], f"{one[0]}: {name}") for one in kept], dtype=np.float64)

    cells = [_numbers(row, names, place) for place, row, _ in kept]
    reward = np.abs(column("tp_price") - column("entry_ref_price"))
    risk = np.abs(column("entry_ref_price") - column("sl_price"))
    gross, net = column("r_gross", 2), column("r_net", 2)
    return {
        "x": np.array(cells, dtype=np.float64).reshape(len(kept), len(names)),
        "y": column("y", 2),
        "r_net": net,
        "r_gross": gross,
        "rr": reward / risk,
        "cost_r": gross - net,
        "placebo": np.array([placebos.get(row["signal_id"], math.nan) for _, row, _ in kept], dtype=np.float64),
        "decided_ms": column("ts_bar_close_ms"),
        "exit_ms": column("t_exit_ms", 2),
        "side": np.array([row["side"] for _, row, _ in kept]),
        "setup": np.array([row["setup"] for _, row, _ in kept]),
        "timeout": np.array([outcome["outcome"] == "timeout" for _, _, outcome in kept]),
    }


def _refuse_canary(rows):
    if len(rows) < 50:
        return
    for i, name in enumerate(rows.names):
        known = np.isfinite(rows.x[:, i])
        if known.sum() < 50 or np.std(rows.x[known, i]) == 0:
            continue
        for word, label in (("y", rows.y), ("r_net", rows.r_net)):
            if np.std(label[known]) == 0:
                continue
            if abs(np.corrcoef(rows.x[known, i], label[known])[0, 1]) > CANARY_CORRELATION:
                raise RowsRefused(f"feature {name} goes with {word} like a copy of it: it knows the outcome")
