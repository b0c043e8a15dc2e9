"""Forecasts of intermittent demand: classes, point forecasts, bootstrap, scores."""
