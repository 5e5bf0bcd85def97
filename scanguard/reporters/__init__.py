"""What a run says, in the forms that people and machines read: each module has one `render(report, …) -> str`."""
