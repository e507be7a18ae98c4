module github.com/antchfx/xmlquery

go 1.26
