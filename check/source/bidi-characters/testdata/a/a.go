package a

var role = "user‮" // want "a string holds"

var fine = "\u202e"
