"""Which edges lie on a cycle: the fast answer against trying every way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.statistics.cycles import Edge, Name, cheapest_cycle, on_cycles

Graph = dict[Name, Edge]
graphs = st.dictionaries(
    st.tuples(st.integers(0, 2), st.integers(3, 5)), st.tuples(st.booleans(), st.booleans()), max_size=9
).map(lambda drawn: {name: Edge(*(name if turned else name[::-1]), is_two_way=both)
                     for name, (turned, both) in drawn.items()})  # fmt: skip


def can_go(graph: Graph, start: int, end: int) -> bool:
    reached = {start}
    for _ in graph:
        reached |= {edge.head for edge in graph.values() if edge.tail in reached}
        reached |= {edge.tail for edge in graph.values() if edge.is_two_way and edge.head in reached}
    return end in reached


def is_on_cycle(graph: Graph, name: Name) -> bool:
    edge = graph[name]
    others = {other: graph[other] for other in graph if other != name}
    return can_go(others, edge.head, edge.tail) or (edge.is_two_way and can_go(others, edge.tail, edge.head))


@given(graphs)
def test_edges_on_cycles_are_those_from_which_a_way_leads_back(graph: Graph) -> None:
    assert on_cycles(graph) == {name for name in graph if is_on_cycle(graph, name)}


@given(graphs, st.lists(st.integers(0, 9), min_size=9, max_size=9))
def test_the_cheapest_cycle_is_a_cycle(graph: Graph, prices: list[int]) -> None:
    cost = dict(zip(graph, prices, strict=False))
    for name in graph:
        if is_on_cycle(graph, name):
            cycle = cheapest_cycle(graph, cost, name)
            assert name not in cycle
            assert name in on_cycles({other: graph[other] for other in (name, *cycle)})
        else:
            with pytest.raises(LookupError):
                cheapest_cycle(graph, cost, name)


def test_of_two_cycles_the_cheaper_is_taken() -> None:
    ends = {(0, 3), (0, 4), (1, 3), (1, 4), (0, 5), (1, 5)}
    graph = {(row, column): Edge(row, column, is_two_way=True) for row, column in sorted(ends)}
    cost = dict.fromkeys(graph, 1) | {(0, 4): 9}
    assert set(cheapest_cycle(graph, cost, (0, 3))) == {(1, 3), (1, 5), (0, 5)}


def test_a_long_chain_needs_no_deep_stack() -> None:
    chain = {(number, number + 1): Edge(number, number + 1, is_two_way=True) for number in range(20_000)}
    assert on_cycles(chain) == set()
    assert len(on_cycles(chain | {(20_000, 0): Edge(20_000, 0, is_two_way=False)})) == 20_001
