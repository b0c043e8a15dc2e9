"""Predictive models of demand, each giving the law of the demand over any number of steps."""
