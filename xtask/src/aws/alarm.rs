//! Alarms: few, each about something that somebody must look at.

use crate::aws::yaml::quoted;

/// An alarm, with what it watches.
pub(crate) struct Alarm<'a> {
    /// Its logical id.
    pub(crate) id: &'a str,
    /// Its name, where something must know it that can't wait for it to be made.
    pub(crate) name: Option<String>,
    /// Its description: what it means.
    pub(crate) about: &'a str,
    pub(crate) metric: Metric<'a>,
    /// How many minutes in a row before it rings.
    pub(crate) minutes: u32,
}

/// A metric with its dimensions, as YAML.
pub(crate) struct Metric<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
    pub(crate) statistic: &'a str,
    pub(crate) dimensions: &'a [(&'a str, String)],
}

impl Alarm<'_> {
    /// The alarm as a resource in YAML. It rings at 1.
    pub(crate) fn yaml(&self) -> String {
        let Self { id, name: own, about, metric: Metric { namespace, name, statistic, dimensions }, minutes } = self;
        let about = quoted(about);
        let own = own.as_ref().map(|name| format!("      AlarmName: {name}\n")).unwrap_or_default();
        let dimensions: String = dimensions
            .iter()
            .map(|(name, value)| format!("        - Name: {name}\n          Value: {value}\n"))
            .collect();
        format!(
            "
  {id}:
    Type: AWS::CloudWatch::Alarm
    Properties:
{own}      AlarmDescription: {about}
      Namespace: {namespace}
      MetricName: {name}
      Dimensions:
{dimensions}      Statistic: {statistic}
      Period: 60
      EvaluationPeriods: {minutes}
      Threshold: 1
      ComparisonOperator: GreaterThanOrEqualToThreshold
      TreatMissingData: notBreaching
      AlarmActions: !If [HasAlarmTopic, [!Ref AlarmTopicArn], !Ref AWS::NoValue]
"
        )
    }
}
