"""Tokens stand in environment variables, which a plant.toml names."""

from collections.abc import Mapping

from edge.configuration.faults import Fault, Finder
from edge.configuration.model import PlantConfig


def missing_tokens(plant: PlantConfig, environment: Mapping[str, str]) -> list[Fault]:
    """What is wrong with the variables that hold a plant's tokens; never shows the tokens.

    Without this an API that was meant to be guarded would be open.
    """
    named = {
        "api.token_env": plant.api.token_env,
        "sync.token_env": plant.sync and plant.sync.token_env,
    }
    finder, faults = Finder(plant.file), []
    for place, variable in named.items():
        token = environment.get(variable, "") if variable else "-"
        if not token:
            mend = f"set it before you start the edge: export {variable}=..."
            faults.append(finder.fault(place, variable, "this variable is not set", mend))
        elif not (token.isascii() and token.isprintable() and " " not in token):
            mend = "set it to the token alone, without spaces or line ends"
            faults.append(finder.fault(place, variable, "this variable holds no token", mend))
    return faults
