"""A program is killed before a step: a file that is renamed, linked or removed."""

KILLED_BEFORE_A_STEP = """
import os, signal, sys
n_steps = int(sys.argv[2])
def killed_before(step):
    def stepping(*names, **options):
        global n_steps
        if n_steps == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        n_steps -= 1
        return step(*names, **options)
    return stepping
os.rename, os.link, os.unlink = map(killed_before, (os.rename, os.link, os.unlink))
"""
"""The beginning of a program; its second argument is the number of steps that it lives for."""
