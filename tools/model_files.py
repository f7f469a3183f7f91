"""The three files of a model, and how they take the place of the model before: written aside, then moved, the old ones kept under
`previous/`. The digests in the meta file say which three belong together."""

import hashlib
import json
import math
import os
import shutil
from pathlib import Path

import numpy as np
import xgboost as xgb
from walk_forward import Fitted

META_VERSION = 1
FILES = ("model.json", "model.meta.json", "golden.json")
GOLDEN_ROWS = 500


def _text(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def plain(value):
    """JSON has no NaN: what could not be measured is null."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _model_text(fitted, names, folder):
    if fitted.kind == "logistic":
        mean, scale, line = fitted.machine
        weights = {"means": mean.tolist(), "scales": scale.tolist(), "weights": line.coef_[0].tolist()}
        return _text({"kind": "logistic", "features": names, "intercept": float(line.intercept_[0]), **weights})
    path = folder / "saved.json"
    fitted.machine.save_model(str(path))
    text = path.read_text(encoding="utf-8")
    path.unlink()
    return text


def golden_rows(x, seed):
    """Rows over the whole span; every second one loses cells, so that the ways of missing values are walked too."""
    chosen = np.unique(np.linspace(0, len(x) - 1, min(GOLDEN_ROWS, len(x))).astype(int))
    rows = x[chosen].copy()
    random = np.random.default_rng(seed)
    rows[1::2][random.random(rows[1::2].shape) < 0.1] = np.nan
    return rows


def _golden_text(fitted, rows, version, seed):
    cells = golden_rows(rows.x, seed)
    margins = fitted.margin(cells, rows.names)
    return _text(
        {
            "version": version,
            "rows": plain(cells.tolist()),
            "margins": margins.tolist(),
            "p": np.asarray(fitted.claim(cells, rows.names), dtype=np.float64).tolist(),
        }
    )


def write_model(folder, fitted, rows, facts, seed):
    """Writes the three files into a folder of their own and returns the model's version."""
    folder.mkdir(parents=True)
    model = _model_text(fitted, rows.names, folder)
    digest = hashlib.sha256(model.encode()).hexdigest()
    version = f"{'xgb' if fitted.kind == 'xgboost' else 'lin'}-{facts['trained']['to_ms'] // 86_400_000}-{digest[:8]}"
    golden = _golden_text(fitted, rows, version, seed)
    meta = {
        "meta_version": META_VERSION,
        "kind": fitted.kind,
        "version": version,
        "schema_hash": rows.schema_hash,
        "feature_hash": rows.feature_hash,
        "features": rows.names,
        "xgboost_version": xgb.__version__ if fitted.kind == "xgboost" else None,
        "rounds": fitted.rounds,
        "calibration": fitted.calibration,
        "files": {"model.json": digest, "golden.json": hashlib.sha256(golden.encode()).hexdigest()},
        **facts,
    }
    texts = {"model.json": model, "golden.json": golden, "model.meta.json": json.dumps(plain(meta), indent=1, allow_nan=False)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return version


def swap_in(new, out):
    """The old three go to `previous/`; a reader never sees half of each for longer than three renames."""
    out.mkdir(parents=True, exist_ok=True)
    if (out / "model.meta.json").exists():
        previous = out / "previous"
        shutil.rmtree(previous, ignore_errors=True)
        previous.mkdir()
        for name in FILES:
            if (out / name).exists():
                shutil.copy2(out / name, previous / name)
    for name in FILES:
        os.replace(new / name, out / name)
    new.rmdir()


def running_model(out, rows):
    """The promoted model of the folder as (meta, Fitted); None where there is none that these rows can be asked of."""
    try:
        meta = json.loads((Path(out) / "model.meta.json").read_text(encoding="utf-8"))
        if meta["gate"]["promoted"] is not True or meta["schema_hash"] != rows.schema_hash:
            return None
        path = Path(out) / "model.json"
        if meta["kind"] == "logistic":
            machine = _Line(json.loads(path.read_text(encoding="utf-8")))
        else:
            machine = xgb.Booster(model_file=str(path))
    except (OSError, ValueError, KeyError, TypeError, xgb.core.XGBoostError):
        return None
    if meta["kind"] == "logistic":
        kept = json.loads(path.read_text(encoding="utf-8"))
        machine = (np.array(kept["means"]), np.array(kept["scales"]), machine)
    return meta, Fitted(meta["kind"], machine, meta["calibration"], meta["rounds"], 0.5)


class _Line:
    """The two fields of a logistic regression that a margin is made of."""

    def __init__(self, kept):
        self.coef_ = np.array([kept["weights"]])
        self.intercept_ = np.array([kept["intercept"]])
