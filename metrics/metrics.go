// Package metrics lets Prometheus see how far notices are: at /metrics, as
// text, on an address that somebody chose.
package metrics

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// A Standing says how far a notice is.
type Standing struct {
	Notice   string         // such as privacy@2026-12-20
	Rows     map[string]int // by state
	Complete bool
	Deadline time.Time // zero: none
	Finish   time.Time // as projected; zero: nothing is left, or nothing is known
}

// A Server is where the figures are.
type Server struct {
	mails *prometheus.CounterVec
	rate  prometheus.Gauge
	http  *http.Server
	at    net.Addr
}

// Serve serves figures on an address, HOST:PORT, until it is closed. What read
// returns is asked for at each visit.
func Serve(addr string, read func(ctx context.Context) ([]Standing, error)) (*Server, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil || host == "" {
		return nil, fmt.Errorf("%q is not an address to serve metrics on; write HOST:PORT, such as 127.0.0.1:9464", addr)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("serving metrics: %w", err)
	}
	s := &Server{at: l.Addr(),
		mails: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "proviso_mails_total", Help: "Mails that this process tried, by outcome."}, []string{"outcome"}),
		rate:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "proviso_mails_per_second", Help: "Mails that this process tried in a second, since its pass began."}),
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(s.mails, s.rate, standings{read})
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	s.http = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.http.Serve(l) }() // ends when it is closed
	return s, nil
}

// Addr returns the address on which the figures are.
func (s *Server) Addr() string { return s.at.String() }

// Tried counts mails with an outcome.
func (s *Server) Tried(outcome string, n int) { s.mails.WithLabelValues(outcome).Add(float64(n)) }

// Rate notes how many mails a second there are.
func (s *Server) Rate(perSecond float64) { s.rate.Set(perSecond) }

// Close ends the serving.
func (s *Server) Close() error {
	if err := s.http.Close(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

var (
	rows     = prometheus.NewDesc("proviso_rows", "Holders of a notice, by state.", []string{"notice", "state"}, nil)
	complete = prometheus.NewDesc("proviso_notice_complete", "1 if nobody is left to tell.", []string{"notice"}, nil)
	deadline = prometheus.NewDesc("proviso_deadline_timestamp_seconds", "When mail must have been accepted.", []string{"notice"}, nil)
	finish   = prometheus.NewDesc("proviso_projected_finish_timestamp_seconds", "When the last mail will have been tried, as projected.", []string{"notice"}, nil)
)

// standings reads how far notices are at each visit.
type standings struct {
	read func(ctx context.Context) ([]Standing, error)
}

func (standings) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{rows, complete, deadline, finish} {
		to <- d
	}
}

func (s standings) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	all, err := s.read(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(rows, err)
		return
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, x := range all {
		for state, n := range x.Rows {
			gauge(rows, float64(n), x.Notice, state)
		}
		done := 0.0
		if x.Complete {
			done = 1
		}
		gauge(complete, done, x.Notice)
		if !x.Deadline.IsZero() {
			gauge(deadline, float64(x.Deadline.Unix()), x.Notice)
		}
		if !x.Finish.IsZero() {
			gauge(finish, float64(x.Finish.Unix()), x.Notice)
		}
	}
}
