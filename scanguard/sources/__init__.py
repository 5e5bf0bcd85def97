"""Where the bytes come from: files, directories, standard input."""
