package alerting_test

import (
	"reflect"

	"github.com/sales-exporter/sales_exporter/internal/alerting"
)

// thresholdChanges returns, by name, what changes one threshold.
func thresholdChanges() map[string]func(*alerting.Thresholds) {
	changes := map[string]func(*alerting.Thresholds){}
	for field := range reflect.TypeFor[alerting.Thresholds]().Fields() {
		changes[field.Name] = func(t *alerting.Thresholds) {
			value := reflect.ValueOf(t).Elem().FieldByIndex(field.Index)
			if value.CanFloat() {
				value.SetFloat(value.Float() * 2)
			} else {
				value.SetInt(value.Int() * 2)
			}
		}
	}
	return changes
}
