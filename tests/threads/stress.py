"""Eight threads that share containers, objects, frames and library objects, and look whether what each reads makes sense.

Seconds to run: the first argument, or OROCHI_STRESS_SECONDS, or 4; further arguments name the sections to run. Ends with 'ok', or
says what went wrong.
"""

from racing import run_sections
from racing.containers import SECTIONS as containers
from racing.execution import SECTIONS as execution
from racing.library import SECTIONS as library
from racing.objects import SECTIONS as objects

run_sections(containers + objects + execution + library)
