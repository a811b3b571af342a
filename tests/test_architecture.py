"""The layout is the architecture: imports go down only, and two modules know Mesa."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "market"
ORDER = [
    "registry",
    "wording",
    "formats",
    "parameters",
    "families",
    "declarations",
    "calendar",
    "schemas",
    "saving",
    "command_line",
    "evidence",
    "economics",
    "accounts",
    "strategies",
    "scenario",
    "tables",
    "measures",
    "progress",
    "month",
    "agents",
    "simulation",
    "run",
    "studies",
    "views",
    "experiment",
    "commands",
    "cli",
    "__main__",
]
MODULES = sorted(path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py"))


def imports(module: Path) -> set[str]:
    """Dotted names that a module imports, wherever in its text; `from a import b` counts as a.b."""
    found = set()
    for node in ast.walk(ast.parse((PACKAGE / module).with_suffix(".py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("module", [m for m in MODULES if m.parts != ("__init__",)], ids=str)
def test_imports_go_down_only(module):
    floor = ORDER.index(module.parts[0])
    for name in imports(module):
        parts = name.split(".")
        if parts[0] == "market" and len(parts) > 1:
            assert parts[1] in ORDER, f"{module} imports {name}, which is on no floor"
            assert ORDER.index(parts[1]) <= floor, f"{module} imports upwards: {name}"


def test_no_cycles_within_a_floor():
    graph = {}
    for module in MODULES:
        if module.name == "__init__":
            continue
        name = ".".join(("market", *module.parts))
        graph[name] = {".".join(i.split(".")[:3]) for i in imports(module)} - {name}
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, f"imports in a circle: {' → '.join((*above, name))}"
        if name in graph and name not in done:
            for below in graph[name]:
                visit(below, (*above, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_two_modules_import_mesa():
    knowing = {str(m) for m in MODULES if any(name.split(".")[0] == "mesa" for name in imports(m))}
    assert knowing == {"agents", "simulation"}


def test_no_global_generators_and_no_clock():
    for module in MODULES:
        text = (PACKAGE / module).with_suffix(".py").read_text(encoding="utf-8")
        for word in ("np.random.seed", "default_rng", "import random", "time.time", "datetime.now"):
            assert word not in text, f"{module} uses {word}"


@pytest.mark.parametrize("floor", ["economics", "strategies", "scenario", "accounts", "month"])
def test_no_run_hangs_on_how_a_version_of_python_adds_up(floor):
    """`sum` of floats gives other last digits from Python 3.12 on; `add_up` and NumPy's sums do not."""
    for path in (PACKAGE / floor).rglob("*.py"):
        calls = [
            node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
        ]
        assert "sum" not in {call.id for call in calls if isinstance(call, ast.Name)}, path


def test_public_names_are_lazy_and_complete():
    code = "import sys, market; assert 'numpy' not in sys.modules; [getattr(market, name) for name in market.__all__]"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_few_studies_need_is_loaded_with_them():
    """The first table of a run waits for all that is loaded; these take half a second and more."""
    code = (
        "import sys, market; [getattr(market, name) for name in market.__all__]; market.simulate\n"
        "late = {'scipy.stats', 'scipy.optimize', 'sklearn', 'SALib', 'emcee', 'ema_workbench', 'nashpy', 'panel'}\n"
        "loaded = late & set(sys.modules)\n"
        "sys.exit(str(loaded) if loaded else 0)"
    )
    found = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
