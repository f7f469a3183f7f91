"""For the tests: models of several kinds, and what XGBoost itself says of rows that they have not seen.

parity.py train ROWS WIDTH OUT    trains three boosters on the first half of the rows, writes each model and its margins for all rows
parity.py claim MODEL ROWS WIDTH OUT    margins and probabilities of a trained model folder for all rows
Rows and answers are float64, little-endian."""

import json
import sys
from pathlib import Path

import numpy as np
import xgboost as xgb

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
from walk_forward import apply_calibration  # noqa: E402

BASE = {"objective": "binary:logistic", "eta": 0.1, "seed": 1, "nthread": 2}
KINDS = {
    "hist": {"tree_method": "hist", "max_depth": 6, "subsample": 0.8},
    "exact": {"tree_method": "exact", "max_depth": 4, "base_score": 0.3},
    "dart": {"tree_method": "hist", "max_depth": 4, "booster": "dart", "rate_drop": 0.3},
}


def read(path, width):
    return np.fromfile(path, dtype="<f8").reshape(-1, width)


def train(rows, out):
    names = [f"f{i}" for i in range(rows.shape[1])]
    half = len(rows) // 2
    seen = np.nan_to_num(rows[:half])
    y = (seen[:, 0] + seen[:, 1] * seen[:, 2] + np.random.default_rng(1).normal(size=half) > 0).astype(float)
    matrix = xgb.DMatrix(rows[:half].astype(np.float32), label=y, feature_names=names)
    everything = xgb.DMatrix(rows.astype(np.float32), feature_names=names)
    for name, params in KINDS.items():
        booster = xgb.train({**BASE, **params}, matrix, num_boost_round=60)
        booster.save_model(str(out / f"{name}.json"))
        booster.predict(everything, output_margin=True).astype("<f8").tofile(str(out / f"{name}.bin"))


def claim(folder, rows, out):
    meta = json.loads((folder / "model.meta.json").read_text())
    booster = xgb.Booster(model_file=str(folder / "model.json"))
    matrix = xgb.DMatrix(rows.astype(np.float32), feature_names=meta["features"])
    margin = booster.predict(matrix, output_margin=True).astype(np.float64)
    np.concatenate([margin, apply_calibration(margin, meta["calibration"])]).astype("<f8").tofile(out)


if sys.argv[1] == "train":
    train(read(sys.argv[2], int(sys.argv[3])), Path(sys.argv[4]))
else:
    claim(Path(sys.argv[2]), read(sys.argv[3], int(sys.argv[4])), sys.argv[5])
