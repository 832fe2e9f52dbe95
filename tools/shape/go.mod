module github.com/sales-exporter/sales_exporter/tools/shape

go 1.26.0
