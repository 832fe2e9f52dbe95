package value

// Dimensions are configured label values of a record by dimension name. A deal's dimension is its own value, else its
// account's, else its rep's. A deal of a sheet may carry its "team", which comes before that of its rep.
type Dimensions map[string]string
