"""How many spares: closed forms and exact Markov chains, against which every simulation is checked."""

from spareverse.optimisation.spares.fleet import Fleet, FleetChain, FleetMeasures
from spareverse.optimisation.spares.policies import Evaluation, evaluate

__all__ = ["Evaluation", "Fleet", "FleetChain", "FleetMeasures", "evaluate"]
