// The map of organizations: Leaflet over our own outlines, clustered; no tile server learns where anyone looks.

const box = document.querySelector("[data-map]");
const L = window.L;
const style = getComputedStyle(document.documentElement);
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

async function draw() {
  box.querySelector("[data-fallback]").remove();
  const map = L.map(box, {
    center: [30, -96], zoom: 4, minZoom: 3, maxZoom: 13, zoomControl: false, attributionControl: false,
    maxBounds: [[-5, -190], [84, -40]],
  });
  L.control.zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
  const [outlines, found] = await Promise.all(
    [box.dataset.outlines, box.dataset.points].map((address) => fetch(address).then((response) => response.json())),
  );
  L.geoJSON(outlines, { style: outlineStyle, interactive: false }).addTo(map);
  const group = L.markerClusterGroup({ iconCreateFunction: cluster, maxClusterRadius: 44, showCoverageOnHover: false, chunkedLoading: true });
  const icon = L.divIcon({ className: "pin", iconSize: null, html: "<span></span>" });
  group.addLayers(found.points.map((point) => L.marker([point[0], point[1]], { icon, title: point[2], alt: point[2] }).bindPopup(() => popup(point))));
  // Of all points, not of those that a slow phone has added so far.
  const bounds = L.latLngBounds(found.points.map((point) => [point[0], point[1]]));
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [24, 24], maxZoom: 11 });
  map.addLayer(group);
}

if (box && L) {
  draw().catch((error) => {
    box.textContent = box.dataset.failed;
    throw error;
  });
}
