//! Alarms: few, each about something that somebody must look at.

use crate::{
    aws::{
        intrinsics::{only_if, reference},
        resource::resource,
    },
    yaml::{Map, Value, map},
};

/// An alarm, with what it watches. It rings when the metric is at its threshold, or above.
pub(crate) struct Alarm<'a> {
    /// Its description: what it means.
    pub(crate) about: &'a str,
    pub(crate) metric: Metric<'a>,
    pub(crate) threshold: u32,
    /// How many minutes in a row before it rings.
    pub(crate) minutes: u32,
}

/// A metric with its dimensions.
pub(crate) struct Metric<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
    pub(crate) statistic: &'a str,
    pub(crate) dimensions: Vec<(&'a str, Value)>,
}

const MINUTE_S: u32 = 60;

impl Alarm<'_> {
    /// The alarm as a resource.
    pub(crate) fn resource(self) -> Map {
        self.with(Map::default())
    }

    /// The same with a name, where something must know it that can't wait for it to be made.
    pub(crate) fn named(self, name: Value) -> Map {
        self.with(map! { "AlarmName" => name })
    }

    fn with(self, name: Map) -> Map {
        let Self { about, metric: Metric { namespace, name: metric, statistic, dimensions }, threshold, minutes } =
            self;
        let dimensions = dimensions.into_iter().map(|(name, value)| map! { "Name" => name, "Value" => value });
        let properties = map! {
            "AlarmDescription" => about,
            "Namespace" => namespace,
            "MetricName" => metric,
            "Dimensions" => dimensions.collect::<Value>(),
            "Statistic" => statistic,
            "Period" => MINUTE_S,
            "EvaluationPeriods" => minutes,
            "Threshold" => threshold,
            "ComparisonOperator" => "GreaterThanOrEqualToThreshold",
            "TreatMissingData" => "notBreaching",
            "AlarmActions" => only_if("HasAlarmTopic", [reference("AlarmTopicArn")]),
        };
        resource("AWS::CloudWatch::Alarm", name.and(properties))
    }
}
