"""Static files: gathered once, named by the digest of all of them, compressed, and cached for ever.

Leaflet and its marker clusters come from XStatic packages, icons from the `lucide` package as one sprite.
"""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import lucide
from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor
from xstatic.pkg import leaflet, leaflet_markercluster

from directory.settings import resource_dir

ICONS = (
    "scale", "shield", "bed", "heart-pulse", "handshake", "house", "siren", "phone", "mail", "globe", "map-pin",
    "search", "printer", "share-2", "landmark", "languages", "users", "chevron-right", "sliders-horizontal", "x",
    "clock", "lock", "locate", "check", "flag", "pencil", "plus", "message-circle",
    "qr-code", "list", "map", "info", "triangle-alert", "calendar-check",
)  # fmt: skip
_VENDORED = {
    "leaflet/leaflet.js": (leaflet, "leaflet.js"),
    "leaflet/leaflet.css": (leaflet, "leaflet.css"),
    "leaflet/markercluster.js": (leaflet_markercluster, "leaflet.markercluster.js"),
    "leaflet/markercluster.css": (leaflet_markercluster, "MarkerCluster.css"),
}
_IMAGES = "leaflet/images"


def bind(app: Flask, data_dir: Path) -> None:
    """Gather the files where they are not yet, serve them, and tell templates where they are."""
    files = dict(_files())
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(name.encode() + b"\0" + content + b"\0")
    version = digest.hexdigest()[:12]
    folder = data_dir / "static" / version
    if not folder.is_dir():
        _write(files, folder)
    prefix = f"/static/{version}/"
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(folder),
        prefix=prefix,
        immutable_file_test=lambda _path, _url: True,
        max_age=31_536_000,
    )
    app.jinja_env.globals["static"] = lambda name: prefix + name


def _files() -> Iterator[tuple[str, bytes]]:
    root = resource_dir("static")
    for path in sorted(root.rglob("*")):
        if path.is_file():
            yield path.relative_to(root).as_posix(), path.read_bytes()
    for name, (package, source) in _VENDORED.items():
        yield name, (Path(package.BASE_DIR) / source).read_bytes()
    for path in sorted((Path(leaflet.BASE_DIR) / "images").glob("*.png")):
        yield f"{_IMAGES}/{path.name}", path.read_bytes()
    yield "icons.svg", _sprite()


def _sprite() -> bytes:
    """One SVG with a symbol for each icon; strokes take the colour of the text around them."""
    sprite = ElementTree.Element("svg", {"xmlns": "http://www.w3.org/2000/svg"})
    for name in ICONS:
        icon = lucide._load_icon(name)
        symbol = ElementTree.SubElement(sprite, "symbol", {"id": name, "viewBox": "0 0 24 24"})
        symbol.extend(list(icon))
    return ElementTree.tostring(sprite)


def _write(files: dict[str, bytes], folder: Path) -> None:
    """Write all files and their compressed twins, then give the folder its name at one stroke."""
    temporary = folder.with_name(f"{folder.name}.{uuid.uuid4().hex[:8]}")
    compressor = Compressor(quiet=True)
    for name, content in files.items():
        path = temporary / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if compressor.should_compress(name):
            list(compressor.compress(str(path)))
    try:
        temporary.rename(folder)
    except OSError:
        # Another process was faster; its files are the same.
        shutil.rmtree(temporary)
