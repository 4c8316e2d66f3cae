app-name = Postwren
