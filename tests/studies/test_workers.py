"""Workers: a death fails one task only, interrupts are polite, and nobody outlives the study."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import pytest

from market.parameters import InputError
from market.studies.workers import PROCESS_DIED, crew


def double(number):
    return 2 * number


def double_or_die(number):
    if number == 3:
        os._exit(9)
    return 2 * number


def fail(number):
    raise ValueError(f"{number}!")


class Plain(Executor):
    """The least that an executor can be: it says nothing about itself, as a cluster's may."""

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_any_executor_will_do():
    with crew(Plain()) as team:
        assert dict(team.stream(double, [1, 2, 3])) == {1: 2, 2: 4, 3: 6}
    with ThreadPoolExecutor(3) as pool, crew(pool) as team:
        assert team.size == 3
        assert dict(team.stream(double, iter(range(50)))) == {n: 2 * n for n in range(50)}


def test_tasks_are_taken_a_few_at_a_time():
    """So memory does not grow with the number of tasks, and an interrupt leaves little to wait for."""
    taken = []

    def tasks():
        for number in range(100):
            taken.append(number)
            yield number

    with ThreadPoolExecutor(2) as pool, crew(pool) as team:
        for done, _ in enumerate(team.stream(double, tasks()), start=1):
            assert len(taken) <= done + 2 * team.size


def test_an_error_is_given_back_with_its_task():
    with ThreadPoolExecutor(1) as pool, crew(pool) as team:
        ((task, error),) = team.stream(fail, [7])
    assert task == 7
    assert repr(error) == "ValueError('7!')"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_process_that_dies_fails_its_own_task_only():
    before = set(multiprocessing.active_children())
    with crew(workers=2) as team:
        results = dict(team.stream(double_or_die, range(7)))
        assert dict(team.stream(double, [8])) == {8: 16}
    assert str(results.pop(3)) == PROCESS_DIED
    assert results == {n: 2 * n for n in (0, 1, 2, 4, 5, 6)}
    assert set(multiprocessing.active_children()) <= before


def test_the_first_interrupt_finishes_what_is_in_flight():
    with ThreadPoolExecutor(2) as pool, crew(pool, patient=True) as team:
        results = []
        for pair in team.stream(double, range(100)):
            results.append(pair)
            if len(results) == 5:
                signal.raise_signal(signal.SIGINT)
        assert team.stopping
        assert 5 <= len(results) <= 5 + 2 * team.size
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_interrupts_after_the_second_do_as_that_did():
    heard = []

    def once(*_):
        heard.append(signal.signal(signal.SIGINT, signal.SIG_IGN))
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, once)
    try:
        with ThreadPoolExecutor(1) as pool, pytest.raises(KeyboardInterrupt), crew(pool, patient=True):
            for _ in range(4):
                signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        assert len(heard) == 1
    finally:
        signal.signal(signal.SIGINT, before)


ORPHANS = """
import os, sys, time
from market.studies.workers import crew

def sleep(number):
    print(os.getpid(), flush=True)
    time.sleep(60)

if __name__ == "__main__":
    with crew(workers=1) as team:
        list(team.stream(sleep, [1]))
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks processes up in /proc")
def test_workers_end_when_their_parent_is_killed(tmp_path):
    (tmp_path / "orphans.py").write_text(ORPHANS)
    with subprocess.Popen([sys.executable, "orphans.py"], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as going:
        worker = int(going.stdout.readline())
        going.kill()
        for _ in range(100):
            if not os.path.exists(f"/proc/{worker}"):
                break
            time.sleep(0.1)
        assert not os.path.exists(f"/proc/{worker}")


FROM_A_TERMINAL = """
import os, signal, sys
from market.studies.workers import crew

def double(number):
    return 2 * number

if __name__ == "__main__":
    try:
        with crew(workers=1, patient=sys.argv[1] == "patient") as team:
            going = [team.submit(double, number) for number in (1, 2)]
            os.killpg(0, signal.SIGINT)
            print(team.stopping, [future.result() for future in going])
    except KeyboardInterrupt:
        print("interrupted")
"""


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="there are no process groups")
@pytest.mark.parametrize(("patient", "said"), [("patient", "True [2, 4]\n"), ("impatient", "interrupted\n")])
def test_processes_that_start_do_not_hear_the_interrupt_of_a_terminal(patient, said, tmp_path):
    (tmp_path / "script.py").write_text(FROM_A_TERMINAL)
    call = [sys.executable, "script.py", patient]
    answer = subprocess.run(
        call, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False, start_new_session=True
    )
    assert (answer.stdout, answer.stderr) == (said, "")


@pytest.mark.parametrize("workers", [0, True, 1.5])
def test_bad_numbers_of_workers(workers):
    with pytest.raises(InputError, match="a whole number, 1 to 1,000"), crew(workers=workers):
        pass
