"""Mixed graphs: which edges lie on a cycle, and what is the cheapest way to put one on a cycle?

An edge can always be followed from tail to head, and back only if it `is_two_way`. All walks are iterative.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

Name = tuple[int, int]
_Ways = dict[int, list[tuple[int, Name]]]


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge between two numbered nodes."""

    tail: int
    head: int
    is_two_way: bool


def on_cycles(edges: Mapping[Name, Edge]) -> set[Name]:
    """The names of the edges through which a cycle goes that uses no edge twice; in linear time.

    Such an edge has both ends in one strong component (Tarjan, SIAM J. Comput. 1972). In there a one-way edge is on
    a cycle, and a two-way edge is on one unless it is a bridge: if it is not, it can be made one-way and all
    stays strongly connected (Boesch and Tindell, Am. Math. Monthly 1980).
    """
    component = _strong_components(_ways(edges))
    inside = {name: edge for name, edge in edges.items() if component[edge.tail] == component[edge.head]}
    return inside.keys() - _bridges(inside)


def cheapest_cycle(edges: Mapping[Name, Edge], cost: Mapping[Name, int], through: Name) -> list[Name]:
    """The other edges of the cheapest cycle through an edge (Dijkstra); ties fall by the order of `edges`.

    Raises LookupError where there is none.
    """
    edge = edges[through]
    ways = _ways({name: other for name, other in edges.items() if name != through})
    found = [_cheapest_path(ways, cost, edge.head, edge.tail)]
    if edge.is_two_way:
        found.append(_cheapest_path(ways, cost, edge.tail, edge.head))
    paths = [path for path in found if path is not None]
    if not paths:
        raise LookupError(f"no cycle goes through {through}")
    return min(paths, key=lambda path: sum(cost[name] for name in path))


def _ways(edges: Mapping[Name, Edge]) -> _Ways:
    ways: _Ways = defaultdict(list)
    for name, edge in edges.items():
        ways[edge.tail].append((edge.head, name))
        back = ways[edge.head]
        if edge.is_two_way:
            back.append((edge.tail, name))
    return ways


def _strong_components(ways: _Ways) -> dict[int, int]:
    """A number for each node; nodes that reach each other have the same."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    component: dict[int, int] = {}
    open_nodes: list[int] = []
    for root in ways:
        if root in order:
            continue
        order[root] = low[root] = len(order)
        open_nodes.append(root)
        walk = [(root, iter(ways[root]))]
        while walk:
            node, rest = walk[-1]
            for other, _ in rest:
                if other not in order:
                    order[other] = low[other] = len(order)
                    open_nodes.append(other)
                    walk.append((other, iter(ways[other])))
                    break
                if other not in component:
                    low[node] = min(low[node], order[other])
            else:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[node])
                while low[node] == order[node] and node not in component:
                    component[open_nodes.pop()] = order[node]
    return component


def _bridges(edges: Mapping[Name, Edge]) -> set[Name]:
    """The edges whose removal parts the graph, whatever their direction (Tarjan, Inf. Process. Lett. 1974)."""
    ways = _ways({name: Edge(edge.tail, edge.head, is_two_way=True) for name, edge in edges.items()})
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    bridges = set()
    for root in ways:
        if root in order:
            continue
        order[root] = low[root] = len(order)
        walk: list[tuple[int, Name | None]] = [(root, None)]
        rests = [iter(ways[root])]
        while walk:
            node, came_by = walk[-1]
            for other, name in rests[-1]:
                if name == came_by:
                    continue
                if other not in order:
                    order[other] = low[other] = len(order)
                    walk.append((other, name))
                    rests.append(iter(ways[other]))
                    break
                low[node] = min(low[node], order[other])
            else:
                walk.pop()
                rests.pop()
                if came_by is not None:
                    parent = walk[-1][0]
                    low[parent] = min(low[parent], low[node])
                    if low[node] > order[parent]:
                        bridges.add(came_by)
    return bridges


def _cheapest_path(ways: _Ways, cost: Mapping[Name, int], start: int, end: int) -> list[Name] | None:
    came: dict[int, tuple[int, Name] | None] = {}
    queue: list[tuple[int, int, int, tuple[int, Name] | None]] = [(0, 0, start, None)]
    pushed = 0
    while queue:
        so_far, _, node, by = heappop(queue)
        if node in came:
            continue
        came[node] = by
        if node == end:
            path = []
            while by is not None:
                path.append(by[1])
                by = came[by[0]]
            return path
        for other, name in ways[node]:
            if other not in came:
                pushed += 1
                heappush(queue, (so_far + cost[name], pushed, other, (node, name)))
    return None
