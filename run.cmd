@echo off
rem Sets the machine up and opens the door, as ./run does elsewhere.
setlocal
cd /d "%~dp0"
if not exist .uv\Scripts\uv.exe (
  py -3.11 -m venv .uv || exit /b 1
  .uv\Scripts\python.exe -m pip install --quiet uv || exit /b 1
)
set UV_PYTHON_DOWNLOADS=never
.uv\Scripts\uv.exe sync --quiet --locked --all-extras --all-groups --compile-bytecode || exit /b 1
.venv\Scripts\python.exe main.py %*
