package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"proviso/policy"
	"proviso/publish"
	"proviso/publish/bucket"
)

// targets finds where the sites go: the named ones, or all that have a target.
func (j *job) targets(c *config, sites []string) error {
	for _, domain := range j.f.Organisation.Sites.Keys() {
		if len(sites) > 0 && !slices.Contains(sites, domain) {
			continue
		}
		value, ok := c.Publish.Get(domain)
		if !ok {
			const how = `add  %[1]s: "dir:/srv/www/%[1]s"  under publish: in proviso.yaml`
			if len(sites) > 0 {
				return misuse("--site: %s has no target; "+how, domain)
			}
			fmt.Fprintf(j.stderr, "%s has no target and stays as it is; "+how+"\n", domain)
			continue
		}
		e, err := j.errand(domain, value)
		if err != nil {
			return err
		}
		j.sites = append(j.sites, e)
	}
	if len(j.sites) == 0 {
		return misuse("proviso.yaml: no site has a target; add publish: with a line for each site")
	}
	return nil
}

// errand opens the target of a site.
func (j *job) errand(domain policy.Domain, value string) (errand, error) {
	key := "publish." + domain
	value, err := j.expand(key, value)
	if err != nil {
		return errand{}, misuse("%v", err)
	}
	dest, err := publish.ParseDestination(value)
	if err != nil {
		return errand{}, misuse("proviso.yaml: %s: %v", key, err)
	}
	e := errand{site: domain, dest: dest}
	steps := j.steps(domain)
	switch dest.Kind {
	case "dir":
		dir := dest.Path
		if !filepath.IsAbs(dir) {
			dir = j.path(dir)
		}
		e.target = &publish.Dir{Path: dir, Keep: dest.Keep, Step: steps}
	case "command":
		e.target, err = j.command(domain, dest, steps)
	case "s3":
		e.target, err = j.bucket(domain, dest, steps)
	}
	return e, err
}

// command is a target that a program takes to its place.
func (j *job) command(domain policy.Domain, dest publish.Destination, steps func(publish.Step)) (publish.Target, error) {
	dir, err := filepath.Abs(j.publishState(domain))
	if err != nil {
		return nil, err
	}
	c := &publish.Command{Argv: dest.Argv, Dir: j.dir, Env: os.Environ()}
	if j.terminal(j.stderr) {
		c.Output = j.stderr
	}
	return &publish.Dir{Path: dir, Keep: dest.Keep, Step: steps, Deploy: c.Deploy}, nil
}

// bucket is a target in a bucket.
func (j *job) bucket(domain policy.Domain, dest publish.Destination, steps func(publish.Step)) (publish.Target, error) {
	o := bucket.Options{Endpoint: dest.Endpoint, Region: dest.Region, Name: dest.Bucket, Key: dest.Key, Secret: dest.Secret}
	if o.Key == "" {
		o.Key, _ = j.env("AWS_ACCESS_KEY_ID")
		o.Secret, _ = j.env("AWS_SECRET_ACCESS_KEY")
		o.Token, _ = j.env("AWS_SESSION_TOKEN")
	}
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		if o.Region == "" {
			o.Region, _ = j.env(name)
		}
	}
	if o.Endpoint == "" {
		o.Endpoint, _ = j.env("AWS_ENDPOINT_URL")
	}
	if o.Key == "" || o.Secret == "" {
		return nil, misuse("proviso.yaml: publish.%s: there are no keys for the bucket; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", domain)
	}
	b, err := bucket.Open(o)
	if err != nil {
		return nil, misuse("proviso.yaml: publish.%s: %v", domain, err)
	}
	owner, err := publish.Owner(j.publishState(domain), rand.Text)
	if err != nil {
		return nil, no("%v", err)
	}
	return &publish.S3{Site: domain, Bucket: b, Prefix: dest.Prefix, Owner: owner, Keep: dest.Keep, Grace: dest.Grace, Step: steps}, nil
}

// steps shows on a terminal how far a site is; elsewhere nothing.
func (j *job) steps(domain policy.Domain) func(publish.Step) {
	if !j.terminal(j.stderr) {
		return nil
	}
	return progressLine(j.stderr, domain)
}

// progressLine writes each step over the one before, and leaves an empty line at the end.
func progressLine(w io.Writer, domain policy.Domain) func(publish.Step) {
	const width = 78
	var mu sync.Mutex // steps of a bucket come several at a time
	return func(s publish.Step) {
		mu.Lock()
		defer mu.Unlock()
		line := domain + ": " + s.Act
		if s.Total > 0 {
			line = fmt.Sprintf("%s: %d of %d, %s", domain, s.Done, s.Total, s.Act)
		}
		if len(line) > width {
			line = line[:width-1] + "…"
		}
		blank := strings.Repeat(" ", width+1)
		fmt.Fprintf(w, "\r%s\r%s", blank, line)
		if s.Total == 0 { // the next line may be the last
			fmt.Fprintf(w, "\r%s\r", blank)
		}
	}
}
