"""The figures of a network: map and layers, series, causes of waiting, scenarios beside one another, the animation."""
