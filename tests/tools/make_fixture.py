"""For the tests: trains the small model of tests/fixtures/model-xgboost-1.7, so that the evaluator is held against XGBoost's own words on
machines without it. make_fixture.py OUT"""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import xgboost as xgb

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import model_files  # noqa: E402
from walk_forward import Fitted  # noqa: E402

model_files.GOLDEN_ROWS = 60
random = np.random.default_rng(7)
x = np.round(random.normal(size=(4_000, 8)), 3)
x[random.random(x.shape) < 0.08] = np.nan
y = (np.nan_to_num(x[:, 0]) - np.nan_to_num(x[:, 3]) * np.nan_to_num(x[:, 5]) + random.normal(size=len(x)) > 0).astype(float)
names = [f"f{i}" for i in range(x.shape[1])]
matrix = xgb.DMatrix(x.astype(np.float32), label=y, feature_names=names)
booster = xgb.train({"objective": "binary:logistic", "max_depth": 3, "eta": 0.2, "seed": 1}, matrix, num_boost_round=15)
fitted = Fitted("xgboost", booster, {"kind": "platt", "a": 1.25, "b": -0.125}, 15, float(y.mean()))
rows = SimpleNamespace(x=x, names=names, schema_hash="e" * 64, feature_hash="f" * 64)
facts = {"miss_r": -1.0, "trained": {"from_ms": 0, "to_ms": 86_400_000, "rows": len(x)}, "gate": {"promoted": True, "conditions": []}}
model_files.write_model(Path(sys.argv[1]), fitted, rows, facts, 7)
