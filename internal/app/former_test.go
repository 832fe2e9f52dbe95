package app

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/app/known"
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/source/connectors"
)

// TestFormerIdentities holds that a mirror in which each stream has a checksum as its identity goes on. The checksums are
// those of the program that wrote them.
func TestFormerIdentities(t *testing.T) {
	validated, err := config.Parse("config.yaml", []byte(`
timezone: Europe/Berlin
currency: EUR
dimensions: [territory, segment, channel]
sources:
  - name: hub
    hubspot: {token_env: TOKEN}
    exclude: amount == 0
    currency: USD
    amount: {property: hs_acv}
    map: {territory: {property: region, values: {emea: EMEA}}, segment: {property: industry, object: company}}
  - name: force
    salesforce: {instance_url: "https://acme.my.salesforce.com", client_credentials: {client_id: key, client_secret_env: SECRET}}
    pipelines: [New Business]
    exclude: team == "East"
    map: {territory: {property: Owner.Department}, segment: {property: Account.Industry}, channel: {property: Channel__c}}
  - name: bare
    salesforce: {instance_url: "https://acme.my.salesforce.com", client_credentials: {client_id: key, client_secret_env: SECRET}}
  - name: sheet
    spreadsheet: {deals: {file: /data/deals.csv, columns: {id: Id, stage: Phase, amount: Value, segment: Branch}, stages: {Won: won}}}
`), ".", known.Names())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	c := validated.Config()
	for _, s := range c.Sources {
		env := (&App{}).environment(c, nil, nil)
		connector, err := connectors.Of(s).Open(s, env)
		if err != nil {
			t.Fatal(err)
		}
		at := addressesOf(s.Settings)
		for _, st := range newStreams(connector, at) {
			got[st.key.String()] = st.identity.Former[len(st.identity.Former)-1]
		}
		// As wiring does it, for a mirror of when each source had one stream.
		got[s.Name+" as one"] = at.identity(env.Deals(s, 1, s.Map, nil)).Former[1]
	}
	delete(got, "hub/deals") // It names the company of a deal, which nobody wrote down before.
	want := map[string]string{
		"hub as one":       "e8822f77e98a9200d5b392f7fa0f31f6d350c66507da75ad08b4bddbfb7071bf",
		"hub/references":   "b299278dbbe8e7638324bddd28d43b67ad2cefb32b3cfe681cfd2c38f053980e",
		"hub/accounts":     "15d97e6da200d55369254e9b8112de943d45645ae013e5d71c61590c43dfcd3c",
		"force as one":     "e6118e2cf54addfe273b78db6165a9dbd4492531827f3c47b369ca4902c96c75",
		"force/references": "6f7579a300a279b13ba9c8319d4ef1154d160384b027b4a62104c8cbdc9d6df5",
		"force/deals":      "7dc4b2704a989d2d854baea3131616251b048eba8fbd32d2c05f4e2989b17f00",
		"force/accounts":   "ce5420f617a36cab98794048f979f291fa823d595cfcdaac397ae4df8fbebfa5",
		"bare as one":      "bcefce4d2cd94e65d679b143dcf6f27f0d9d751a2e80c9f19b5b3ce6bce15051",
		"bare/references":  "2fab985aa6c68d848059422d21cb97d6d1e505b233ab8faab018aaa5fb98300a",
		"bare/deals":       "bcefce4d2cd94e65d679b143dcf6f27f0d9d751a2e80c9f19b5b3ce6bce15051",
		"sheet as one":     "41d4570127190482403065ea5fcb6773f9903b7c5c3f5c361bbbb1a7aafde112",
		"sheet/all":        "c06116b9bc537164f2c6a2f5d1749d61636200fd7ee171a4c6e28af59d564222",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the checksums of earlier programs (-want +got):\n%s", diff)
	}
}
