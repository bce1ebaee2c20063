// Package bucket keeps objects in a bucket of an S3 server.
//
// It knows the few requests that publishing needs, and of each the one thing
// that matters: a Put can be bound to what lies there now (Match, New), so that
// of several writers one wins and the others learn it as ErrChanged. An object
// carries the SHA-256 of its content, by which a reader of its head knows it.
package bucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// ErrMissing says that there is no object under a key.
var ErrMissing = errors.New("there is no such object")

// ErrChanged says that something else lies under a key than the writer expected.
var ErrChanged = errors.New("somebody else wrote it meanwhile")

// Options say where a bucket is.
type Options struct {
	Endpoint string // URL of the server; "": Amazon's, in the region
	Region   string // "": us-east-1
	Name     string
	Key      string // access key; "": requests are not signed
	Secret   string
	Token    string // of a session; may be empty
	Attempts int    // of each request that fails for want of a working server; 0: 5
}

// A Bucket is a bucket on a server.
type Bucket struct {
	client *minio.Client
	name   string
}

// Open prepares to speak to a server; it sends nothing.
func Open(o Options) (*Bucket, error) {
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if o.Endpoint == "" {
		o.Endpoint = "https://s3." + o.Region + ".amazonaws.com"
	}
	if o.Attempts == 0 {
		o.Attempts = 5
	}
	at, err := url.Parse(o.Endpoint)
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" || at.Path != "" && at.Path != "/" {
		return nil, fmt.Errorf("the endpoint %q is no address of a server; write https://HOST or http://HOST:PORT", o.Endpoint)
	}
	client, err := minio.New(at.Host, &minio.Options{Creds: credentials.NewStaticV4(o.Key, o.Secret, o.Token),
		Secure: at.Scheme == "https", Region: o.Region, MaxRetries: o.Attempts})
	if err != nil {
		return nil, fmt.Errorf("the endpoint %q: %w", o.Endpoint, err)
	}
	return &Bucket{client, o.Name}, nil
}

// An Object is what the head of an object says.
type Object struct {
	Key      string
	ETag     string
	Size     int64 // bytes
	Modified time.Time
	Type     string // not known from a list, as are the next two
	Cache    string
	SHA256   string // as its writer said; empty if another program wrote it
}

const hashField = "Sha256" // of the user metadata, as the library spells it

func object(i minio.ObjectInfo) Object {
	return Object{Key: i.Key, ETag: i.ETag, Size: i.Size, Modified: i.LastModified, Type: i.ContentType,
		Cache: i.Metadata.Get("Cache-Control"), SHA256: i.UserMetadata[hashField]}
}

// Head returns what is known of an object.
func (b *Bucket) Head(ctx context.Context, key string) (Object, error) {
	info, err := b.client.StatObject(ctx, b.name, key, minio.StatObjectOptions{})
	if err != nil {
		return Object{}, b.failed("looking at", key, err)
	}
	return object(info), nil
}

// Get reads an object.
func (b *Bucket) Get(ctx context.Context, key string) ([]byte, Object, error) {
	r, err := b.client.GetObject(ctx, b.name, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, Object{}, b.failed("reading", key, err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, Object{}, b.failed("reading", key, err)
	}
	info, err := r.Stat()
	if err != nil {
		return nil, Object{}, b.failed("reading", key, err)
	}
	return data, object(info), nil
}

// A Write is an object to be written.
type Write struct {
	Key    string
	Data   []byte
	Type   string
	Cache  string
	SHA256 string
	Match  string // write only over an object with this ETag
	New    bool   // write only where there is no object
}

// Put writes an object, all of it or nothing, and returns its ETag.
func (b *Bucket) Put(ctx context.Context, w Write) (etag string, err error) {
	o := minio.PutObjectOptions{ContentType: w.Type, CacheControl: w.Cache, SendContentMd5: true, DisableMultipart: true}
	if w.SHA256 != "" {
		o.UserMetadata = map[string]string{hashField: w.SHA256}
	}
	if w.New {
		o.SetMatchETagExcept("*")
	} else if w.Match != "" {
		o.SetMatchETag(w.Match)
	}
	info, err := b.client.PutObject(ctx, b.name, w.Key, bytes.NewReader(w.Data), int64(len(w.Data)), o)
	if err != nil {
		return "", b.failed("writing", w.Key, err)
	}
	return info.ETag, nil
}

// Remove deletes an object; one that is not there is no error.
func (b *Bucket) Remove(ctx context.Context, key string) error {
	err := b.client.RemoveObject(ctx, b.name, key, minio.RemoveObjectOptions{})
	if err != nil {
		return b.failed("deleting", key, err)
	}
	return nil
}

// List returns every object whose key begins with a prefix.
func (b *Bucket) List(ctx context.Context, prefix string) ([]Object, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop() // ends the listing if we leave it early
	var out []Object
	for info := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if info.Err != nil {
			return nil, b.failed("listing", prefix, info.Err)
		}
		out = append(out, object(info))
	}
	return out, ctx.Err()
}

// failed says what was done to which object, in our words where there are some.
func (b *Bucket) failed(act, key string, err error) error {
	at := "s3://" + b.name + "/" + key
	switch r := minio.ToErrorResponse(err); {
	case r.Code == "NoSuchBucket":
		return fmt.Errorf("%s %s: there is no bucket %q; make it first", act, at, b.name)
	case r.Code == "NoSuchKey" || r.StatusCode == http.StatusNotFound:
		return fmt.Errorf("%s %s: %w", act, at, ErrMissing)
	case r.StatusCode == http.StatusPreconditionFailed || r.StatusCode == http.StatusConflict:
		return fmt.Errorf("%s %s: %w", act, at, ErrChanged)
	case r.StatusCode == http.StatusForbidden:
		return fmt.Errorf("%s %s: the server refuses (%s); check the keys and what they may do", act, at, r.Code)
	}
	return fmt.Errorf("%s %s: %w", act, at, err)
}
