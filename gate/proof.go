package gate

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"

	"proviso/ledger"
	"proviso/notify"
	"proviso/outcome"
	"proviso/policy"
)

// Prover finds the proof that the notices of a version were given.
type Prover struct {
	FS   fs.FS         // of the folder
	Desk *outcome.Desk // nil: there is no ledger at hand
	Mail notify.MailConfig
}

// Proof returns what is known of the notices of a version: what the ledger has
// of them, else what notice.yaml says.
func (p Prover) Proof(ctx context.Context, v *policy.Version) (Proof, error) {
	var known []outcome.Standing
	if p.Desk != nil {
		var err error
		if known, err = p.Desk.Standings(ctx, v.ID(), v.Sealed.Resolution.Location(), p.Mail); err != nil {
			return Proof{}, err
		}
	}
	file := path.Join(v.Dir, "notice.yaml")
	data, err := fs.ReadFile(p.FS, file)
	if errors.Is(err, fs.ErrNotExist) {
		if len(known) == 0 {
			return Proof{}, nil
		}
		return Proof{From: "the ledger", Notices: known}, nil
	} else if err != nil {
		return Proof{}, err
	}
	a, ps := outcome.ReadAnnouncement(file, data)
	if err := ps.Err(); err != nil {
		return Proof{From: file, Refused: err.Error()}, nil
	}
	if refused := fits(a, v, known); refused != "" {
		return Proof{From: file, Refused: file + ": " + refused}, nil
	}
	if len(known) > 0 {
		return Proof{From: "the ledger", Notices: known}, nil
	}
	out := Proof{From: file}
	for _, r := range a.Notices {
		out.Notices = append(out.Notices, outcome.Standing{Record: r})
	}
	return out, nil
}

// fits says why an announcement is not about a version, or not what the ledger
// knows of it.
func fits(a *outcome.Announcement, v *policy.Version, known []outcome.Standing) string {
	switch {
	case a.Version != v.ID():
		return "it is about " + a.Version
	case a.Seal != v.Sealed.Hash:
		return "it is about another seal; those told were told of another text"
	}
	for _, r := range a.Notices {
		if !outcome.Tells(r.ID, v.ID()) {
			return "its notice " + r.ID + " does not tell of " + v.ID()
		}
		for _, s := range known {
			if s.ID == r.ID && !slices.ContainsFunc(s.Waves, func(w ledger.Wave) bool {
				return w.Seal == r.Chain && w.Digest == r.Digest && w.Audience == r.Audience
			}) {
				return "the ledger knows another audience of " + r.ID + "; close the notice again"
			}
		}
	}
	return ""
}
