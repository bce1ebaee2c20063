package site

import (
	"strings"

	"proviso/policy"
)

// A handling is practices.json: what a version says is done with data, for
// programs. Its names are those of the Transparency Information Language (TILT)
// where that has one, and their meanings, by the context, those of the Data
// Privacy Vocabulary (DPV 2). Words are as the team wrote them.
type handling struct {
	Context    any              `json:"@context"`
	Type       string           `json:"@type"`
	Meta       handlingMeta     `json:"meta"`
	Controller party            `json:"controller"`
	Disclosed  []disclosed      `json:"dataDisclosed"`
	Purposes   []described      `json:"purposes,omitempty"`
	Recipients []party          `json:"recipients,omitempty"`
	Transfers  []transfer       `json:"thirdCountryTransfers,omitempty"`
	Storage    []storage        `json:"storage,omitempty"` // of what is in no list of data
	Rights     []described      `json:"rights,omitempty"`
	Others     map[string][]any `json:"practices,omitempty"` // the lists that neither has a name for
}

type handlingMeta struct {
	ID       string      `json:"_id"`
	Name     string      `json:"name"`
	Version  string      `json:"version"`
	Language string      `json:"language"`
	URL      string      `json:"url"`
	Created  string      `json:"created,omitempty"` // day of the release
	Modified policy.Date `json:"modified"`          // day on which it takes effect
	Hash     string      `json:"_hash,omitempty"`   // of the seal
}

type disclosed struct {
	ID         string    `json:"_id"`
	Category   string    `json:"category"`
	Items      []string  `json:"items,omitempty"`
	Sources    []string  `json:"sources,omitempty"`
	Purposes   []purpose `json:"purposes,omitempty"`
	LegalBases []basis   `json:"legalBases,omitempty"`
	Storage    []storage `json:"storage,omitempty"`
	Text       string    `json:"description,omitempty"`
}

type purpose struct {
	Purpose string `json:"purpose"`
}

type basis struct {
	Description string `json:"description"`
}

type storage struct {
	ID       string     `json:"_id,omitempty"`
	Name     string     `json:"name,omitempty"`
	Temporal []temporal `json:"temporal,omitempty"`
	From     string     `json:"from,omitempty"`
	Text     string     `json:"description,omitempty"`
}

type temporal struct {
	Description string `json:"description"`
}

type party struct {
	ID       string    `json:"_id,omitempty"`
	Name     string    `json:"name"`
	Category string    `json:"category,omitempty"`
	Address  string    `json:"address,omitempty"`
	Country  string    `json:"country,omitempty"`
	Contact  string    `json:"contact,omitempty"`
	URL      string    `json:"url,omitempty"`
	Purposes []purpose `json:"purposes,omitempty"`
	Guards   string    `json:"safeguard,omitempty"`
	Text     string    `json:"description,omitempty"`
}

type transfer struct {
	ID      string `json:"_id"`
	Country string `json:"country,omitempty"`
	Name    string `json:"name"`
	Guards  string `json:"safeguard,omitempty"`
	Text    string `json:"description,omitempty"`
}

type described struct {
	ID      string `json:"_id"`
	Name    string `json:"name"`
	Text    string `json:"description,omitempty"`
	Contact string `json:"contact,omitempty"`
	URL     string `json:"url,omitempty"`
}

// handlingContext says in DPV what the names mean. Where DPV has no word, Dublin Core has.
var handlingContext = map[string]any{
	"dpv": "https://w3id.org/dpv#", "dct": "http://purl.org/dc/terms/",
	"_id": "dct:identifier", "name": "dct:title", "description": "dct:description", "language": "dct:language",
	"url": "dct:source", "created": "dct:created", "modified": "dct:valid", "version": "dct:hasVersion", "meta": "dct:provenance",
	"controller": "dpv:hasDataController", "dataDisclosed": "dpv:hasProcess", "category": "dct:type", "items": "dpv:hasPersonalData",
	"sources": "dpv:hasDataSource", "purposes": "dpv:hasPurpose", "purpose": "dct:title", "legalBases": "dpv:hasLegalBasis",
	"storage": "dpv:hasStorageCondition", "temporal": "dpv:hasDuration", "recipients": "dpv:hasRecipient", "address": "dpv:hasAddress",
	"contact": "dpv:hasContact", "country": "dpv:hasLocation", "rights": "dpv:hasRight", "safeguard": "dpv:hasTechnicalOrganisationalMeasure",
}

// practices writes practices.json of an edition, if it shows any.
func (d *desk) practices(c *column, e *edition) {
	file := e.practices(c.locale)
	if e.state == drafted || !c.plot.wanted(file) {
		return // without reading the version
	}
	rd := d.get(e.v)
	if !e.hasPractices(rd) {
		return
	}
	w := e.values(c.locale)
	h := &handling{Context: handlingContext, Type: "dpv:PrivacyNotice",
		Meta:       handlingMeta{ID: e.v.ID(), Name: w.Title, Version: e.v.Name, Language: c.locale, URL: e.at.URL + string(e.page(c.locale)), Modified: e.v.Effective},
		Controller: party{Name: value(w, "org.legal_name"), Address: value(w, "org.address"), Contact: value(w, "contacts.privacy")},
		Disclosed:  []disclosed{}}
	if e.v.Sealed != nil {
		h.Meta.Hash, h.Meta.Created = e.v.Sealed.Hash, e.v.Sealed.Released.String()
	}
	in := func(l policy.Localised) string { return l.In(c.locale, e.r.Locales...) }
	for _, kept := range []bool{false, true} { // how long after what
		for i := range rd.Practices {
			if p := &rd.Practices[i]; e.shows(p) && kept == (p.Category == "retention") {
				h.add(p, in)
			}
		}
	}
	d.put(c.plot, e.part(), file, encodeJSON(h))
}

// hasPractices reports whether the site shows any practice of an edition.
func (e *edition) hasPractices(rd *policy.Reading) bool {
	for i := range rd.Practices {
		if e.shows(&rd.Practices[i]) {
			return true
		}
	}
	return false
}

// practices is where the practices of an edition stand.
func (e *edition) practices(locale string) string { return string(e.page(locale)) + "practices.json" }

// add sorts one practice in.
func (h *handling) add(p *policy.Practice, in func(policy.Localised) string) {
	name := in(p.Name)
	if name == "" {
		name = p.ID
	}
	switch p.Category {
	case "data":
		x := disclosed{ID: p.ID, Category: name, Items: inAll(p.Items, in), Purposes: purposes(p, in), Text: in(p.Text)}
		if s := in(p.Source); s != "" {
			x.Sources = []string{s}
		}
		if s := in(p.Basis); s != "" {
			x.LegalBases = []basis{{s}}
		}
		if s := in(p.Period); s != "" {
			x.Storage = []storage{{Temporal: []temporal{{s}}, From: in(p.From)}}
		}
		h.Disclosed = append(h.Disclosed, x)
	case "retention":
		h.keep(p, name, in)
	case "purpose":
		h.Purposes = append(h.Purposes, described{p.ID, name, in(p.Text), in(p.Contact), p.URL})
	case "rights":
		h.Rights = append(h.Rights, described{p.ID, name, in(p.Text), in(p.Contact), p.URL})
	case "sharing":
		h.Recipients = append(h.Recipients, party{ID: p.ID, Name: name, Category: in(p.Role), Country: in(p.Country), Contact: in(p.Contact),
			URL: p.URL, Purposes: purposes(p, in), Guards: in(p.Safeguard), Text: in(p.Text)})
	case "transfer":
		h.Transfers = append(h.Transfers, transfer{p.ID, in(p.Country), name, in(p.Safeguard), in(p.Text)})
	default:
		if h.Others == nil {
			h.Others = map[string][]any{}
		}
		h.Others[p.Category] = append(h.Others[p.Category], described{p.ID, name, in(p.Text), in(p.Contact), p.URL})
	}
}

// keep adds how long something is kept to the data of the same id, or on its own.
func (h *handling) keep(p *policy.Practice, name string, in func(policy.Localised) string) {
	x := storage{From: in(p.From), Text: in(p.Text)}
	if s := in(p.Period); s != "" {
		x.Temporal = []temporal{{s}}
	}
	for i := range h.Disclosed {
		if h.Disclosed[i].ID == p.ID {
			h.Disclosed[i].Storage = append(h.Disclosed[i].Storage, x)
			return
		}
	}
	x.ID, x.Name = p.ID, name
	h.Storage = append(h.Storage, x)
}

func purposes(p *policy.Practice, in func(policy.Localised) string) (out []purpose) {
	for _, s := range inAll(p.Purposes, in) {
		out = append(out, purpose{s})
	}
	return out
}

func inAll(list policy.Items, in func(policy.Localised) string) (out []string) {
	for _, l := range list {
		if s := strings.TrimSpace(in(l)); s != "" {
			out = append(out, s)
		}
	}
	return out
}
