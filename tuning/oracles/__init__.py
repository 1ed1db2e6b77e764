"""What suggests a trial's values: KerasTuner's oracles, and one that asks Optuna."""
