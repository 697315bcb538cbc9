"""An example: a copy of all organizations that stays true, one JSON object a line. It needs Python and nothing else.

    python docs/sync_client.py https://directory.example.org organizations.ndjson

Run it every minute or every day. What is to be seen no more is forgotten; another epoch begins anew. What follows from
the day or a consulate's area (`status`, `consulates`) is as of when a record was read: delete the copy now and then.
"""

import json
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen


def start(base: str) -> dict[str, Any]:
    """Everything, and where the feed stood when it was gathered."""
    with urlopen(f"{base}/export/organizations.ndjson", timeout=300) as answer:
        epoch, seq = answer.headers["Feed-Position"].split("/")
        records = map(json.loads, answer)
        return {"epoch": epoch, "seq": int(seq), "records": {record["id"]: record for record in records}}


def follow(base: str, copy: dict[str, Any]) -> bool:
    """Take in what changed; False where the copy must begin anew."""
    more = True
    while more:
        with urlopen(f"{base}/api/v1/changes?entity=organization&limit=1000&since={copy['seq']}", timeout=60) as answer:
            feed = json.load(answer)
        if feed["epoch"] != copy["epoch"]:
            return False
        for key in {change["id"] for change in feed["changes"]}:
            copy["records"].pop(key, None)
            try:
                with urlopen(f"{base}/api/v1/organizations/{key}", timeout=60) as answer:
                    record = json.load(answer)
                copy["records"][record["id"]] = record  # of a merged one: the record that it became part of
            except HTTPError as error:
                if error.code not in (404, 410):
                    raise
        copy["seq"], more = feed["next"], feed["more"]
    return True


def synchronize(base: str, path: Path) -> None:
    """Bring the copy at `path` in step. First in it stands its position; it is replaced whole or not at all."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else ['{"epoch": null, "seq": 0}']
    copy = json.loads(lines[0]) | {"records": {record["id"]: record for record in map(json.loads, lines[1:])}}
    if not follow(base, copy):
        copy = start(base)
        follow(base, copy)
    kept = [{"epoch": copy["epoch"], "seq": copy["seq"]}, *copy["records"].values()]
    path.with_suffix(".part").write_text("".join(json.dumps(item) + "\n" for item in kept), encoding="utf-8")
    path.with_suffix(".part").replace(path)


if __name__ == "__main__":
    synchronize(sys.argv[1].rstrip("/"), Path(sys.argv[2]))
