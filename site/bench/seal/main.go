// Seal gives every dated version of a folder a seal, in the order of their
// dates: the corpus of run.sh as a team would have it after years.
//
//	go run ./site/bench/seal FOLDER
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"proviso/policy"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: seal FOLDER")
		os.Exit(2)
	}
	if err := seal(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func seal(dir string) error {
	f, ps := policy.Load(os.DirFS(dir))
	if err := ps.Err(); err != nil {
		return err
	}
	for _, p := range f.Policies {
		for _, v := range p.Versions {
			s := &policy.Seal{State: policy.Released, Released: v.Effective.AddDays(-40), Verdict: policy.Material}
			if err := f.Draw(s, v).Err(); err != nil {
				return err
			}
			data, err := s.Encode()
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(dir, v.Dir, "seal.yaml"), data, 0o644); err != nil {
				return err
			}
			v.Sealed = s
		}
	}
	return nil
}
