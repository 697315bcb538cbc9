// The map of organizations: Leaflet over our own outlines, clustered; no tile server learns where anyone looks.

const box = document.querySelector("[data-map]");
const L = window.L;
const style = getComputedStyle(document.documentElement);
const MOST_NAMES = 60;
const OFFSETS = [[6, -8], [18, -8], [28, -8], [-20, 16], [-20, -34]];
const COARSE_FROM = 7;
const colour = (name) => style.getPropertyValue(name).trim();

function outlineStyle(feature) {
  const kind = feature.properties.kind;
  if (kind === "border") return { color: colour("--line"), weight: 0.6, fill: false };
  return { color: colour("--line-strong"), weight: 0.8, fillColor: colour(kind === "country" ? "--land" : "--land-faint"), fillOpacity: 1 };
}

function popup([, , name, slug, place, isExact]) {
  const element = document.createElement("div");
  const link = document.createElement("a");
  link.href = box.dataset.record.replace("SLUG", slug);
  link.textContent = name;
  const where = document.createElement("p");
  where.textContent = isExact ? place : `${place} (${box.dataset.approximate})`;
  element.append(link, where);
  return element;
}

function cluster(group) {
  const count = group.getChildCount();
  const size = count < 10 ? "s" : count < 100 ? "m" : "l";
  return L.divIcon({ html: `<span>${count}</span>`, className: `cluster cluster-${size}`, iconSize: null });
}

const collide = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

// Names of towns, most people first, each only where no other name stands already.
function nameTowns(map, group, towns) {
  const pane = map.createPane("towns");
  pane.style.zIndex = 350;
  pane.style.pointerEvents = "none";
  const layer = L.layerGroup().addTo(map);
  const place = () => {
    layer.clearLayers();
    const frame = box.getBoundingClientRect();
    const marks = [...box.querySelectorAll(".cluster span, .pin span")].map((mark) => {
      const { left, right, top, bottom } = mark.getBoundingClientRect();
      return { left: left - frame.left, right: right - frame.left, top: top - frame.top, bottom: bottom - frame.top };
    });
    const taken = [];
    const seen = map.getBounds().pad(0.05);
    for (const [latitude, longitude, name] of towns) {
      if (taken.length >= MOST_NAMES) break;
      if (!seen.contains([latitude, longitude])) continue;
      const at = map.latLngToContainerPoint([latitude, longitude]);
      const spots = OFFSETS.map(([x, y]) => ({ x, y, left: at.x + x, right: at.x + x + 8 + name.length * 6.5, top: at.y + y, bottom: at.y + y + 16 }));
      const spot = spots.find((rect) => ![...taken, ...marks].some((other) => collide(rect, other)));
      if (!spot) continue;
      taken.push(spot);
      const label = document.createElement("span");
      label.textContent = name;
      label.style.translate = `${spot.x}px ${spot.y}px`;
      L.marker([latitude, longitude], { icon: L.divIcon({ className: "town", iconSize: null, html: label }), interactive: false, keyboard: false, pane: "towns" }).addTo(layer);
    }
  };
  map.on("moveend", later(place));
  group.on("animationend", later(place));
  later(place)();
}

// Our outlines are coarse: nearer than this they would put an office on the wrong side of a border.
function outlinesFromAfar(map, outlines) {
  const show = () => (map.getZoom() > COARSE_FROM ? outlines.remove() : outlines.addTo(map));
  map.on("zoomend", show);
  show();
}

function later(run) {
  let waiting;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(run, 120);
  };
}

function circle(text) {
  const [latitude, longitude, kilometres] = text.split(",").map(Number);
  return L.latLng(latitude, longitude).toBounds(2000 * kilometres);
}

async function draw() {
  box.querySelector("[data-fallback]").remove();
  // Nothing flies or fades for who has asked their device for stillness.
  const moves = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(box, {
    center: [30, -96], zoom: 4, minZoom: 3, maxZoom: 13, zoomControl: false, attributionControl: false,
    fadeAnimation: moves, zoomAnimation: moves, markerZoomAnimation: moves, inertia: moves,
    maxBounds: [[-5, -190], [84, -40]],
  });
  L.control.zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
  const [outlines, found, named] = await Promise.all(
    [box.dataset.outlines, box.dataset.points, box.dataset.towns].map((address) => fetch(address).then((response) => response.json())),
  );
  const offices = document.querySelector("[data-offices]");
  const count = found.points.length;
  offices.textContent = count === 1 ? offices.dataset.one : offices.dataset.many.replace("#", count.toLocaleString(document.documentElement.lang));
  const group = L.markerClusterGroup({ iconCreateFunction: cluster, maxClusterRadius: 44, showCoverageOnHover: false, chunkedLoading: true, animate: moves });
  const icon = L.divIcon({ className: "pin", iconSize: null, html: "<span></span>" });
  group.addLayers(found.points.map((point) => L.marker([point[0], point[1]], { icon, title: point[2], alt: point[2] }).bindPopup(() => popup(point))));
  // Of all points, not of those that a slow phone has added so far.
  const bounds = L.latLngBounds(found.points.map((point) => [point[0], point[1]]));
  if (box.dataset.fit) map.fitBounds(circle(box.dataset.fit), { maxZoom: 11 });
  else if (bounds.isValid()) map.fitBounds(bounds, { padding: [24, 24], maxZoom: 11 });
  outlinesFromAfar(map, L.geoJSON(outlines, { style: outlineStyle, interactive: false }));
  map.addLayer(group);
  nameTowns(map, group, named.towns);
}

if (box && L) {
  draw().catch((error) => {
    box.textContent = box.dataset.failed;
    throw error;
  });
}
