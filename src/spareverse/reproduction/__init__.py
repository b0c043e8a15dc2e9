"""Published studies made again: the article's figures beside ours, with a verdict for every cell."""
