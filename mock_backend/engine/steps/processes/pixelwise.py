"""Processes of numbers that are called with data cubes: they compute each value."""

from dataclasses import replace

from mock_backend.engine.core.bands import band_of, one_pixel
from mock_backend.engine.core.callbacks import ProcessCallback
from mock_backend.engine.sources.merging import Combined
from mock_backend.engine.steps.call import StepCall
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.processes.applying import mapped
from mock_backend.engine.steps.processes.merging import itself, side_of


def of_pixels(asked: StepCall, cubes: dict[str, Flow]) -> Flow:
    """Return what a process of numbers makes of each value of a cube, or of those of several cubes."""
    others = {name: each for name, each in asked.arguments.items() if name not in cubes}
    callback = ProcessCallback(asked.process_id, others)
    names = sorted(cubes, key=lambda name: -len(cubes[name].cube.dimensions))
    main = cubes[names[0]]
    if len(cubes) == 1:
        return mapped(main, callback, names[0])
    cube = main.cube
    sides = {names[0]: itself(cube)}
    sides |= {name: side_of(cubes[name], main, asked) for name in names[1:]}
    tried = callback(**{name: one_pixel(each.cube.bands[0]) for name, each in cubes.items()})
    bands = tuple(band_of(tried, band.name) for band in cube.bands)
    made = replace(cube, bands=bands, source=Combined(sides, callback))
    return main.made(made, *(cubes[name] for name in names[1:]))
