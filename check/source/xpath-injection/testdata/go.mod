module example.com/app

go 1.26

require (
	github.com/antchfx/xpath v1.3.0
	github.com/antchfx/xmlquery v1.4.0
)

replace github.com/antchfx/xpath => ./stub/xpath

replace github.com/antchfx/xmlquery => ./stub/xmlquery
