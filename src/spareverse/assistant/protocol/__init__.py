"""The twin offered to AI assistants by the Model Context Protocol: tools, resources, prompts."""
