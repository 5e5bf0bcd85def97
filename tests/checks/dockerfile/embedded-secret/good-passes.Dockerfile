FROM debian:12
RUN v-annotate.pl --mkey mpxv --alt_pass discontn,dupregin --minimap2 genome.fasta output
