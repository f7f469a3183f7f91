"""For the tests: asks the trainer's loader about each folder named; one JSON line each, with what it refused or how much it read."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
from training_rows import RowsRefused, load_rows  # noqa: E402

for folder in sys.argv[1:]:
    try:
        rows = load_rows([Path(folder)])
        told = {"rows": len(rows), **rows.counts}
    except RowsRefused as refusal:
        told = {"refused": str(refusal)}
    print(json.dumps(told))
