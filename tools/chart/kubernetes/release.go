// Package kubernetes turns the API descriptions of Kubernetes releases into schemas that manifests are checked against.
package kubernetes

// Release is a version of Kubernetes with the checksum of its Go module, which holds the description of its API.
type Release struct {
	Version string // as in v1.37.2
	Sum     string
}

// Releases returns what the chart is tested against: the oldest that its kubeVersion allows, one in between and the
// newest.
func Releases() []Release {
	return []Release{
		{Version: "v1.29.15", Sum: "h1:hLcyf3XmxtfkubCEmmPX5QVD7lDclXjvEUrJeP283LM="},
		{Version: "v1.33.13", Sum: "h1:bmH31xUdSzeA5vk0wZAK9MZp11mdLuzUSeKk0qN3hPQ="},
		{Version: "v1.37.2", Sum: "h1:A2VDEiObzkYqFTKhSsn0ZEb0RlLEXpHWj93gi2HqEwE="},
	}
}
