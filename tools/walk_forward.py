"""Walk-forward training: expanding, purged, embargoed. Early stopping and calibration have blocks of their own, each later than
what was trained on and purged the same way. Nothing is ever shuffled."""

from dataclasses import dataclass

import numpy as np
import xgboost as xgb
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

FOLDS = 6
TESTED_SHARE = 0.6
#: The longest horizon of a label (y_720): what a row knows reaches so far.
EMBARGO_MS = 12 * 3_600_000
STOP_SHARE, CALIBRATE_SHARE = 0.15, 0.15
#: Below it two numbers are fitted, above it a staircase.
ISOTONIC_FROM = 3_000
MAX_ROUNDS, PATIENCE = 600, 40
FEWEST_PER_BLOCK = 60
PARAMS = {
    "tree_method": "hist",
    "max_depth": 4,
    "eta": 0.05,
    "min_child_weight": 20,
    "subsample": 0.8,
    "colsample_bytree": 0.7,
    "lambda": 5,
    "nthread": 2,
}
OBJECTIVES = {"y": "binary:logistic", "excess": "reg:squarederror"}


@dataclass
class Fitted:
    """A machine with the map from its margin to what is claimed."""

    kind: str
    machine: object
    calibration: dict
    rounds: int
    base_rate: float

    def margin(self, x, names):
        if self.kind == "logistic":
            mean, scale, model = self.machine
            return np.nan_to_num((x - mean) / scale, nan=0.0) @ model.coef_[0] + model.intercept_[0]
        matrix = xgb.DMatrix(np.asarray(x, dtype=np.float32), feature_names=names)
        return self.machine.predict(matrix, output_margin=True).astype(np.float64)

    def claim(self, x, names):
        return apply_calibration(self.margin(x, names), self.calibration)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(np.minimum(-z, 88.7)))


def apply_calibration(margin, calibration):
    if calibration["kind"] == "raw":
        return margin
    if calibration["kind"] == "platt":
        return sigmoid(calibration["a"] * margin + calibration["b"])
    return np.interp(margin, calibration["x"], calibration["y"])


def uniqueness(begin_ms, end_ms):
    """Mean of 1/concurrency over the life of each label: a hundred signals of one hour are not a hundred observations."""
    minute = 60_000
    first = int(begin_ms.min() // minute)
    a = (begin_ms // minute).astype(np.int64) - first
    b = np.maximum(a, (end_ms // minute).astype(np.int64) - first)
    alive = np.zeros(b.max() + 2)
    np.add.at(alive, a, 1)
    np.add.at(alive, b + 1, -1)
    share = np.concatenate([[0], np.cumsum(1 / np.maximum(1, np.cumsum(alive)))])
    weights = (share[b + 1] - share[a]) / (b - a + 1)
    return weights / weights.mean()


def blocks_before(rows, until_ms):
    """Indices to fit, to stop and to calibrate by, all resolved an embargo before `until_ms`; None where there are too few."""
    usable = np.flatnonzero(rows.exit_ms < until_ms - EMBARGO_MS)
    if len(usable) < 4 * FEWEST_PER_BLOCK:
        return None
    stop_from = usable[int(len(usable) * (1 - STOP_SHARE - CALIBRATE_SHARE))]
    calibrate_from = usable[int(len(usable) * (1 - CALIBRATE_SHARE))]

    def resolved(chosen, before):
        return chosen[rows.exit_ms[chosen] < rows.decided_ms[before] - EMBARGO_MS]

    fit = resolved(usable[usable < stop_from], stop_from)
    stop = resolved(usable[(usable >= stop_from) & (usable < calibrate_from)], calibrate_from)
    calibrate = usable[usable >= calibrate_from]
    return None if min(len(fit), len(stop), len(calibrate)) < FEWEST_PER_BLOCK else (fit, stop, calibrate)


def folds(rows):
    """(train blocks, test indices) of each fold over the last 60 % of the rows in the order of time."""
    edges = np.linspace(int(len(rows) * (1 - TESTED_SHARE)), len(rows), FOLDS + 1).astype(int)
    for begin, end in zip(edges[:-1], edges[1:]):
        if begin < end:
            yield blocks_before(rows, rows.decided_ms[begin]), np.arange(begin, end)


def _calibrate(margin, y, weights):
    if len(y) >= ISOTONIC_FROM:
        iso = IsotonicRegression(y_min=0.001, y_max=0.999, out_of_bounds="clip").fit(margin, y, weights)
        x, kept = np.unique(iso.X_thresholds_.astype(np.float64), return_index=True)
        return {"kind": "isotonic", "x": x.tolist(), "y": iso.y_thresholds_[kept].astype(np.float64).tolist()}
    flat = {"kind": "platt", "a": 1e-3, "b": float(np.log(np.clip(y.mean(), 0.01, 0.99) / (1 - np.clip(y.mean(), 0.01, 0.99))))}
    if len(np.unique(y)) < 2 or np.std(margin) == 0:
        return flat
    line = LogisticRegression(C=1e6, max_iter=1_000).fit(margin.reshape(-1, 1), y, sample_weight=weights)
    a = float(line.coef_[0][0])
    # Where later rows turn the order round, nothing is claimed beyond the base rate.
    return {"kind": "platt", "a": a, "b": float(line.intercept_[0])} if a > 0 else flat


def _fit_trees(rows, target, blocks, options):
    fit, stop, _ = blocks
    weights = uniqueness(rows.decided_ms, rows.exit_ms)

    def matrix(chosen):
        return xgb.DMatrix(
            rows.x[chosen].astype(np.float32), label=target[chosen], weight=weights[chosen], feature_names=rows.names
        )

    booster = xgb.train(
        {**PARAMS, "objective": OBJECTIVES[options.label], "seed": options.seed},
        matrix(fit),
        num_boost_round=MAX_ROUNDS,
        evals=[(matrix(stop), "stop")],
        early_stopping_rounds=PATIENCE,
        verbose_eval=False,
    )
    rounds = booster.best_iteration + 1
    # A file with the rounds after the best would be read differently by the library's two doors.
    return booster[:rounds], rounds


def _fit_line(rows, target, blocks):
    fit, stop, _ = blocks
    chosen = np.concatenate([fit, stop])
    weights = uniqueness(rows.decided_ms, rows.exit_ms)[chosen]
    with np.errstate(all="ignore"):
        known = np.isfinite(rows.x[chosen])
        held = np.where(known, rows.x[chosen], 0.0)
        seen = np.maximum(1, known.sum(0))
        mean = held.sum(0) / seen
        scale = np.sqrt((np.where(known, rows.x[chosen] - mean, 0.0) ** 2).sum(0) / seen)
    scale = np.where(scale > 1e-12, scale, 1.0)
    line = LogisticRegression(C=0.01, max_iter=2_000)
    line.fit(np.nan_to_num((rows.x[chosen] - mean) / scale, nan=0.0), target[chosen], sample_weight=weights)
    return mean, scale, line


def fit(rows, target, blocks, options):
    if options.kind == "logistic":
        machine, rounds = _fit_line(rows, target, blocks), 1
    else:
        machine, rounds = _fit_trees(rows, target, blocks, options)
    fitted = Fitted(options.kind, machine, {"kind": "raw"}, rounds, float(target[blocks[0]].mean()))
    if options.label == "y":
        later = blocks[2]
        margin = fitted.margin(rows.x[later], rows.names)
        fitted.calibration = _calibrate(margin, target[later], uniqueness(rows.decided_ms[later], rows.exit_ms[later]))
    return fitted
