// Package cube adds up rows of tables by time and group. It knows neither KPIs nor deals: rows come as Selections, what is
// added up is declared as Measures, and Lanes add it up in integers, so that neither the order of rows nor the number of
// processors matters.
package cube
