FROM Registry/app:1
