"""Alarms: what staff must hear of without looking. Facts in, alarms out; each is told once, and clears itself."""
