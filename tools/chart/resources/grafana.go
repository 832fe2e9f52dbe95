package resources

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

const grafanaGroup = "grafana.integreatly.org"

// GrafanaDashboard is what a chart may say in the Grafana operator's resource of version v1beta1. The operator's own
// types would bring the operator and its client of Grafana along.
type GrafanaDashboard struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec GrafanaDashboardSpec `json:"spec"`
}

// GrafanaDashboardSpec says what the board is and which Grafanas show it.
type GrafanaDashboardSpec struct {
	InstanceSelector          *metav1.LabelSelector `json:"instanceSelector"`
	AllowCrossNamespaceImport bool                  `json:"allowCrossNamespaceImport,omitempty"`
	ResyncPeriod              *metav1.Duration      `json:"resyncPeriod,omitempty"`
	Suspend                   bool                  `json:"suspend,omitempty"`

	UID          string                 `json:"uid,omitempty"`
	JSON         string                 `json:"json,omitempty"`
	ConfigMapRef *GrafanaConfigMapKey   `json:"configMapRef,omitempty"`
	Datasources  []GrafanaDatasourceUse `json:"datasources,omitempty"`

	Folder    string `json:"folder,omitempty"`
	FolderUID string `json:"folderUID,omitempty"`
	FolderRef string `json:"folderRef,omitempty"`
}

// GrafanaConfigMapKey names a key of a ConfigMap.
type GrafanaConfigMapKey struct {
	Name     string `json:"name"`
	Key      string `json:"key"`
	Optional *bool  `json:"optional,omitempty"`
}

// GrafanaDatasourceUse fills a board's input with a data source.
type GrafanaDatasourceUse struct {
	InputName      string `json:"inputName"`
	DatasourceName string `json:"datasourceName"`
}
