-- A mix of faceted searches for wrk: `wrk -t1 -c8 -d15s --latency -s benchmarks/wrk/search.lua http://127.0.0.1:8000`.
-- Another list of paths, one a line, is named after `--`: `… http://127.0.0.1:8000 -- paths.txt`.
-- SEARCH_PREFIX=/es/search measures the page instead; SEARCH_ENCODING=br what compression costs.

local queries = {
  "", "q=albergue", "q=legal+aid+Houston", "q=familles+Toronto", "q=asesor%C3%ADa+jur%C3%ADdica", "q=ejemplo",
  "q=migrantes&country=MX", "q=shelter&area=food&population=families", "country=US&area=legal-aid",
  "q=casa+del+migrante+Tijuana", "country=GT", "admin1=US-TX&area=shelter", "nationality=HN&available=1",
  "q=health&language=es", "area=legal-aid&page=2", "country=CA&sort=name&page=3",
}
local prefix = os.getenv("SEARCH_PREFIX") or "/api/v1/search"
local paths, turn = {}, 0

local function read(file)
  for line in io.lines(file) do
    if line ~= "" then paths[#paths + 1] = line end
  end
end

function init(arguments)
  if arguments[1] then
    read(arguments[1])
  else
    for _, query in ipairs(queries) do paths[#paths + 1] = prefix .. "?" .. query end
  end
  local encoding = os.getenv("SEARCH_ENCODING")
  if encoding then wrk.headers["Accept-Encoding"] = encoding end
end

function request()
  turn = turn % #paths + 1
  return wrk.format("GET", paths[turn])
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "%.0f requests/s · p50 %.1f ms · p95 %.1f · p99 %.1f · worst %.1f · errors %d (status %d, timeout %d)\n",
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    latency:percentile(99) / 1000, latency.max / 1000,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout, errors.status, errors.timeout))
end
