"""Everything that the code writes into the record of acts can be read there in plain words."""

import ast
from collections.abc import Iterable, Iterator

from consultations.dashboards.acts import FACTS, VERBS
from tests.architecture.tree import ROOT

RECORDING = ("record", "record_many")
# What the trail itself takes; every other keyword is a fact.
OWN = {"subject", "actor", "scope"}


def modules() -> Iterator[ast.Module]:
    for package in ("engagement", "consultations"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.name != "trail.py" and "migrations" not in path.parts:
                yield ast.parse(path.read_text(encoding="utf-8"))


def is_recording(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in RECORDING
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "trail"
    )


def texts_of(name: str, function: ast.FunctionDef, module: ast.Module) -> set[str]:
    """What the variable may be: the arguments of every call to the function, in its own module, or of others where
    there is none; or what a loop in it goes over."""
    arguments = [one.arg for one in (*function.args.args, *function.args.kwonlyargs)]
    if name in arguments:
        place = arguments.index(name)
        found = given_to(function, name, place, [module]) or given_to(function, name, place, modules())
    else:
        loops = [one for one in ast.walk(function) if isinstance(one, ast.For) and isinstance(one.target, ast.Tuple)]
        (place, loop), *_ = [
            (number, loop)
            for loop in loops
            for number, target in enumerate(loop.target.elts)
            if isinstance(target, ast.Name) and target.id == name
        ]
        found = [row.elts[place] for row in loop.iter.elts]
    assert found, f"{function.name} is never called with a {name}"
    assert all(isinstance(one, ast.Constant) for one in found), f"{function.name}: a verb that cannot be read"
    return {one.value for one in found}


def given_to(function: ast.FunctionDef, name: str, place: int, where: Iterable[ast.Module]) -> list[ast.expr]:
    """What is given for the argument in every call to the function in these modules."""
    found = []
    for module in where:
        for call in ast.walk(module):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == function.name:
                given = {word.arg: word.value for word in call.keywords}
                found.append(given.get(name) or call.args[place])
    return found


def recorded() -> tuple[set[str], set[str]]:
    """(verbs, names of facts) of every entry that the code writes."""
    verbs, facts = set(), set()
    for module in modules():
        functions = [one for one in ast.walk(module) if isinstance(one, ast.FunctionDef)]
        for function in functions:
            for call in filter(is_recording, ast.walk(function)):
                facts |= {word.arg for word in call.keywords if word.arg} - OWN
                said = call.args[0]
                if isinstance(said, ast.Constant):
                    verbs.add(said.value)
                elif isinstance(said, ast.IfExp):
                    verbs |= {said.body.value, said.orelse.value}
                elif isinstance(said, ast.Name):
                    verbs |= texts_of(said.id, function, module)
                else:
                    (variable,) = [part.value.id for part in said.values if isinstance(part, ast.FormattedValue)]
                    for text in texts_of(variable, function, module):
                        verbs.add(
                            "".join(part.value if isinstance(part, ast.Constant) else text for part in said.values)
                        )
    return verbs, facts


def test_every_verb_has_words_and_no_words_are_left_over():
    verbs, _ = recorded()

    assert verbs - set(VERBS) == set()
    assert set(VERBS) - verbs == set()
    assert len(verbs) > 100


def test_every_fact_has_a_name():
    _, facts = recorded()

    assert facts - set(FACTS) == set()


def test_no_two_verbs_say_the_same():
    assert len(set(VERBS.values())) == len(VERBS)
