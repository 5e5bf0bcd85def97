"""The composition root: policy, targets, plugins and reporters come together here and nowhere else."""
