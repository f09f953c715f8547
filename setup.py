"""What pyproject.toml cannot say: a wheel carries the sample office pack and the migrations.

They live at the root of a checkout, where an office keeps its own pack; in a wheel they travel
inside the package, as `kiosk/_pack` and `kiosk/_migrations` (`kiosk.settings` finds them in both).
"""

from pathlib import Path
from shutil import copytree

from setuptools import setup
from setuptools.command.build_py import build_py

TRAVELS = {
    "workflows": "kiosk/_pack/workflows",
    "forms": "kiosk/_pack/forms",
    "assets": "kiosk/_pack/assets",
    "migrations": "kiosk/_migrations",
}


class BuildWithPack(build_py):
    def run(self):
        super().run()
        if self.editable_mode:  # `make setup`: the checkout itself is the package
            return
        for source, target in TRAVELS.items():
            if Path(source).is_dir():
                copytree(source, Path(self.build_lib) / target, dirs_exist_ok=True, ignore=skip)


def skip(_folder, names):
    return [name for name in names if name == "__pycache__" or name.endswith(".mo")]


setup(cmdclass={"build_py": BuildWithPack})
